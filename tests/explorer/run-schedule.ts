import './lambda-environment.ts';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Actor } from './world/actor.ts';
import { brokenPromises } from './promises/broken-promises.ts';
import { findingsOf } from './promises/findings.ts';
import { fates, type Fate, type Schedule, type Step } from './schedule.ts';
import type { Tables } from './world/tables.ts';
import { World } from './world/world.ts';

/** What a run did and found. */
export interface Run {
  /** Promises that did not hold, in words; none when all did. */
  readonly broken: readonly string[];
  /** What happened, a line a step. */
  readonly story: readonly string[];
  /** I/O calls by what became of them, and the other turns of events. */
  readonly seen: Readonly<Record<string, number>>;
}

const ALL = 100;
/** Longer than any lease: who died before is forgotten. */
const HALF_A_MINUTE_MS = 31_000;
/** Far more than any schedule needs to come to rest. */
const MAX_MOVES = 600;

const isFate = (act: Step['act']): act is Fate => fates.some((fate) => fate === act);

/**
 * Runs a schedule in a world of its own: its steps, then whatever is left without further trouble, then a redrive of
 * what was parked; and looks at the promises before and after the redrive.
 */
export const runSchedule = async (
  name: string,
  schedule: Schedule,
  client: DynamoDBClient,
  tables: Tables,
): Promise<Run> => {
  const world = new World(name, schedule, client, tables);
  const teller = new Teller(world);
  const [before, after] = [false, true].map((operators) =>
    schedule.steps.filter(({ actor }) => (actor === 'operator') === operators),
  );
  for (const step of before ?? []) await take(world, teller, step);
  if (!(await comeToRest(world, teller))) teller.broken.push('5: the mesh does not come to rest');
  const findings = await findingsOf(world);
  const broken = [...teller.broken, ...(await brokenPromises(world, findings, 'parked'))];
  if (broken.length === 0 && findings.accounts.some(({ letters }) => letters.length > 0)) {
    world.bug.mended = true;
    teller.tell('the bug is mended, and what was parked is redriven');
    world.operator.due = true;
    for (const step of after ?? []) await take(world, teller, step);
    if (!(await comeToRest(world, teller))) broken.push('5: no rest after the redrive');
    broken.push(...(await brokenPromises(world, await findingsOf(world), 'redriven')));
  }
  for (const { fault } of world.actors.values())
    if (fault) broken.push(`a fault in the code: ${fault.stack ?? ''}`);
  return { broken, story: teller.story, seen: teller.seen };
};

class Teller {
  readonly story: string[] = [];
  readonly broken: string[] = [];
  readonly seen: Record<string, number> = {};
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async begin(actor: Actor, size: number): Promise<void> {
    const what = await actor.begin(size, this.#world.clock.now().getTime());
    this.tell(`${actor.name} begins ${what}`);
  }

  async settle(actor: Actor, fate: Fate, n: number): Promise<void> {
    const settled = await actor.settle(fate, n);
    this.#world.killOverdue();
    this.count(settled.fate);
    this.story.push(
      `${actor.name}: ${settled.what}${endings[settled.fate]}${settled.answered === 'refusal' ? ' (refused: somebody was first)' : ''}`,
    );
  }

  tell(line: string): void {
    this.story.push(line);
  }

  count(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }
}

const endings: Readonly<Record<Fate, string>> = {
  go: '',
  refuse: ', throttled',
  lose: ' happens, and the answer is lost',
  twice: ' happens, the answer is lost and the SDK repeats it',
  half: ' happens in part, and fails',
  die: ': dies before it',
  'done-die': ': dies after it',
};

const actorOf = ({ actors }: World, name: string): Actor => {
  const actor = actors.get(name);
  if (!actor) throw new Error(`there is no ${name}`);
  return actor;
};

/** What has to go on so that somebody gets work. */
const upstreamOf = (name: string): readonly string[] =>
  name.startsWith('api') || name.endsWith('~')
    ? []
    : name === 'relay'
      ? ['api0', 'api1']
      : ['api0', 'api1', 'relay'];

/** Gives an actor something to do, if there is anything: the rest of the world goes on until there is. */
const engage = async (world: World, teller: Teller, actor: Actor, size: number): Promise<void> => {
  while (!actor.busy && !actor.hasWork && (await move(world, teller, upstreamOf(actor.name))));
  if (actor.hasWork) await teller.begin(actor, size);
};

const goOn = async (
  world: World,
  teller: Teller,
  actor: Actor,
  { size, calls }: { readonly size: number; readonly calls: number },
): Promise<void> => {
  await engage(world, teller, actor, size);
  for (let call = 1; actor.busy && call <= calls; call += 1) await teller.settle(actor, 'go', 1);
};

const take = async (world: World, teller: Teller, { actor: name, act, n }: Step): Promise<void> => {
  const actor = actorOf(world, name);
  if (isFate(act)) {
    await engage(world, teller, actor, n);
    if (actor.busy) await teller.settle(actor, act, n);
    return;
  }
  switch (act) {
    case 'on':
    case 'all':
      return goOn(world, teller, actor, { size: n, calls: act === 'all' ? ALL : n });
    case 'sleep':
      world.clock.pass(HALF_A_MINUTE_MS);
      world.killOverdue();
      teller.tell('half a minute passes');
      break;
    case 'back':
      if (!actor.back(n)) {
        await goOn(world, teller, actor, { size: n, calls: ALL });
        if (!actor.back(n)) return;
      }
      teller.tell(`${name}: the last ${n} are delivered again`);
      break;
    case 'reassign':
      await engage(world, teller, actor, n);
      if (!world.actors.has(`${name}~`) || !actor.leaveTo(actorOf(world, `${name}~`))) return;
      teller.tell(`${name}: another poller takes over the partition, the invocation goes on as ${name}~`);
  }
  teller.count(act);
};

/** One move of the first of some actors that has anything to do, without trouble. @returns whether there was one */
const move = async (world: World, teller: Teller, names: readonly string[]): Promise<boolean> => {
  const some = names.map((name) => actorOf(world, name));
  const actor = some.find(({ busy }) => busy) ?? some.find(({ hasWork }) => hasWork);
  if (!actor) return false;
  if (actor.busy) await teller.settle(actor, 'go', 1);
  else {
    if (actor.failing) {
      world.clock.pass(HALF_A_MINUTE_MS);
      world.killOverdue();
    }
    await teller.begin(actor, ALL);
  }
  return true;
};

const comeToRest = async (world: World, teller: Teller): Promise<boolean> => {
  const names = [...world.actors.keys()];
  for (let moves = 0; moves < MAX_MOVES; moves += 1) if (!(await move(world, teller, names))) return true;
  return false;
};

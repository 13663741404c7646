import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../engines/wait-for.ts';
import type { Mesh, MeshEngine } from '../../mesh.ts';
import { contextTables } from '../../scenarios/tables.ts';
import { topicRecords, type TopicRecord } from '../../scenarios/topic-records.ts';
import { isContext, topicOf } from '../../../shared/define/topics.ts';
import { picked } from '../draw.ts';
import { allLed, produce } from '../kafka-access.ts';
import type { FaultName, Tally } from '../tally.ts';
import type { Fault, PlannedFault, WorkerRole } from './fault.ts';
import { FOREIGN_MARK, isOfTheMesh } from './foreign-mark.ts';
import { poisonRecord, violatingRecord, type ForeignRecord } from './foreign-record.ts';
import { gatewayCircuit } from './gateway-circuit.ts';
import { troubleFor } from './gateway-trouble.ts';
import { deployedFunctions, killWorker, roleOf } from './kill-worker.ts';
import { repeatRecords } from './repeat-records.ts';
import { rewindGroups } from './rewind-groups.ts';

const BACK_WITHIN_MS = 300_000;

/** A key is live when one of the newest records of its topic has it. */
const NEWEST = 30;

const killedName: Readonly<Record<WorkerRole, FaultName>> = {
  relay: 'relay workers killed',
  projection: 'projection workers killed',
  policy: 'policy workers killed',
  'saga-task': 'saga-task workers killed',
  command: 'command workers killed',
};

/** Faults of one lane come one after the other: what needs the broker cannot be done while it is down. */
const laneOf = ({ kind }: Fault): string => {
  if (kind === 'kill-worker') return 'workers';
  return kind === 'trouble' ? 'gateway' : 'kafka';
};

export interface InjectOptions {
  readonly mesh: Mesh;
  readonly plan: readonly PlannedFault[];
  readonly tally: Tally;
  readonly signal: AbortSignal;
  /** Is told of each fault when it has been done. */
  readonly onFault: (line: string) => void;
  readonly onWorkerKilled: (functionName: string) => void;
}

/**
 * Does to the mesh what the plan says, at its time or as soon after it as its lane is free. Afterwards everything
 * that was killed runs again, and the gateway behaves.
 * @throws Error when a fault cannot be injected: a run without it would claim too much
 */
export const injectFaults = async ({
  mesh,
  plan,
  tally,
  signal,
  onFault,
  onWorkerKilled,
}: InjectOptions): Promise<void> => {
  const { endpoints } = mesh;
  const { brokers } = endpoints;
  const functions = await deployedFunctions(endpoints);
  const topics = (await contextTables(endpoints)).flatMap(({ context }) =>
    isContext(context) ? [topicOf(context)] : [],
  );
  const circuit = await gatewayCircuit(endpoints);
  const startedAt = performance.now();

  /** A topic that has records, and those of them that are the mesh's own. */
  const recordsOf = async (by: number): Promise<{ topic: string; records: readonly TopicRecord[] }> => {
    for (let n = 0; n < topics.length; n += 1) {
      const topic = picked(topics, by + n) ?? '';
      const all = await waitFor(`the records of ${topic}`, () => topicRecords(brokers, topic), {
        deadlineMs: BACK_WITHIN_MS,
        everyMs: 500,
        signal,
      });
      const records = all.filter(isOfTheMesh);
      if (records.length > 0) return { topic, records };
    }
    throw new Error('no topic has a record yet');
  };
  const newest = (records: readonly TopicRecord[], by: number): TopicRecord => {
    const byTime = records.toSorted((a, b) => a.timestamp - b.timestamp);
    const live = picked(byTime.slice(-NEWEST), by);
    if (!live) throw new Error('no record is live');
    return live;
  };
  const inject = (topic: string, { key, value }: ForeignRecord): Promise<void> =>
    produce(brokers, topic, [{ key, value, headers: { [FOREIGN_MARK]: 'chaos' } }]);

  /** A busy machine can take longer than an engine is given: it is started once more then. */
  const restart = async (engine: MeshEngine): Promise<void> => {
    const started = async (): Promise<true> => {
      await mesh.restart(engine);
      return true;
    };
    await waitFor(`${engine} running again`, started, { deadlineMs: BACK_WITHIN_MS, signal });
  };

  const perform = async (fault: Fault, n: number): Promise<string> => {
    switch (fault.kind) {
      case 'kill-worker': {
        const candidates = functions.filter((name) => roleOf(name) === fault.role);
        const victim = await killWorker(endpoints, candidates, fault.pick, signal);
        tally.add(killedName[fault.role]);
        onWorkerKilled(victim);
        return `killed a worker of ${victim}`;
      }
      case 'kill-poller':
        await mesh.kill('msk-poller');
        await restart('msk-poller');
        tally.add('MSK poller killed');
        return 'killed the MSK poller; it is back';
      case 'kill-broker':
        await mesh.kill('kafka');
        await restart('kafka');
        await waitFor('leaders of all partitions', () => allLed(brokers, topics), {
          deadlineMs: BACK_WITHIN_MS,
          everyMs: 250,
          signal,
        });
        tally.add('Kafka broker killed');
        return 'killed the Kafka broker; it is back';
      case 'repeat-records': {
        const { topic, records } = await recordsOf(fault.pick);
        const copies = await repeatRecords(brokers, topic, records, fault.pick, fault.count);
        tally.add('records repeated', copies);
        return `repeated ${copies} records of ${topic}`;
      }
      case 'rewind-groups': {
        await mesh.kill('msk-poller');
        const { groups, records } = await rewindGroups(brokers, fault);
        await restart('msk-poller');
        tally.add('consumer groups rewound', groups);
        tally.add('records delivered again by rewinding', records);
        return `rewound ${groups} consumer groups by ${records} records`;
      }
      case 'poison': {
        const { topic, records } = await recordsOf(fault.topic);
        const live = newest(records, fault.pick);
        const ownKey = fault.live ? undefined : `poison-${n}`;
        await inject(topic, poisonRecord(fault.poison, live, ownKey));
        tally.add(fault.live ? 'poison bytes under live keys' : 'poison bytes under keys of their own');
        return `poisoned ${topic} (${fault.poison}) under ${ownKey ?? live.key}`;
      }
      case 'violation': {
        const { topic, records } = await recordsOf(fault.topic);
        const live = newest(records, fault.pick);
        const { key, value } = violatingRecord(fault.violation, live, records, fault.pick);
        await inject(topic, { key, value });
        tally.add('schema violations');
        return `broke a schema on ${topic} (${fault.violation}) under ${key.toString()}`;
      }
      case 'trouble': {
        const { trouble, forMs } = fault;
        const isDown = trouble.failing === 1;
        const since = Date.now();
        const shown = async (): Promise<boolean> => !isDown || (await circuit.openedSince(since));
        await troubleFor(endpoints, trouble, forMs, signal, shown);
        if (isDown) tally.add('circuits opened');
        return `the gateway was in trouble: ${JSON.stringify(trouble)}`;
      }
    }
  };

  const runLane = async (lane: readonly PlannedFault[]): Promise<void> => {
    for (const [n, { atMs, fault }] of lane.entries()) {
      const earlyMs = atMs - (performance.now() - startedAt);
      if (earlyMs > 0) await pause(earlyMs, undefined, { signal });
      signal.throwIfAborted();
      onFault(await perform(fault, n));
    }
  };
  const lanes = Map.groupBy(plan, ({ fault }) => laneOf(fault));
  await Promise.all([...lanes.values()].map(runLane));
};

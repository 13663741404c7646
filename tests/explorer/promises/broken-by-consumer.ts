import { dynamoProjectionStore } from '../../../shared/project/dynamo-projection-store.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import type { Projection } from '../../../shared/project/projection.ts';
import { accounts as accountAggregate, Deposited } from '../../../shared/testing/account.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { journals, Rewarded, statements } from '../subjects/accounts.ts';
import type { Stage } from './broken-promises.ts';
import { consumerName, type AccountFindings, type Findings } from './findings.ts';
import type { World } from '../world/world.ts';

/** Promises 3, 6, 7 and 10, by the effects that the consumer has left. */
export const brokenByConsumer = async (world: World, findings: Findings, stage: Stage): Promise<string[]> => {
  const mended = { mended: true };
  switch (world.schedule.subject) {
    case 'statement':
      return brokenProjection(world, statements(world.name, mended), findings, stage);
    case 'journal':
      return brokenProjection(world, journals(world.name, mended), findings, stage);
    case 'rewards':
      return brokenRewards(world, findings, stage);
    case 'naive':
      return [];
  }
};

/** Which of a consumer's events have taken effect, as far as the watermarks say. */
const isApplied =
  (watermarks: ReadonlyMap<string, number>) =>
  ({ aggregateId, sequence }: EventEnvelope): boolean =>
    sequence <= (watermarks.get(aggregateId) ?? 0);

const brokenProjection = async <Doc>(
  world: World,
  projection: Projection<Doc>,
  { accounts }: Findings,
  stage: Stage,
): Promise<string[]> => {
  const listened = accounts.map((account) =>
    onlyListened(
      account,
      projection.listens.map(({ type }) => type),
    ),
  );
  const keys = new Map(
    listened.flatMap(({ events }) =>
      events.map((event) => [JSON.stringify(projection.keyOf(event)), projection.keyOf(event)]),
    ),
  );
  const wanted = [...keys.values()];
  const stored = await dynamoProjectionStore(world.client, world.tables.views).read<Doc>(
    projection.name,
    wanted,
  );
  const marks = new Map<string, number>();
  stored.forEach((document, i) => {
    // As projecting.ts encodes it: one sequence, or one for each source.
    const mark = JSON.parse(document?.watermark ?? '{}') as number | Record<string, number>;
    if (typeof mark === 'number') marks.set(wanted[i]?.item ?? '', mark);
    else
      for (const [source, sequence] of Object.entries(mark))
        marks.set(source.slice(source.indexOf('/') + 1), sequence);
  });
  // A rebuild from the events themselves, in memory, as far as the documents claim to have come.
  const rebuilt = memoryProjectionStore();
  const folded = listened.flatMap(({ events }) => events.filter(isApplied(marks)));
  await projecting(projection, rebuilt).process(folded.map((event) => deliveryOf(accountAggregate, event)));
  const fresh = await rebuilt.read<Doc>(projection.name, wanted);
  return [
    ...wanted.flatMap(({ item }, i) => {
      const [is, should] = [JSON.stringify(stored[i] ?? null), JSON.stringify(fresh[i] ?? null)];
      return is === should ? [] : [`7: ${item} is ${is}, and a rebuild makes ${should}`];
    }),
    ...listened.flatMap((account) => brokenPrefix(account, isApplied(marks), stage)),
  ];
};

const onlyListened = (account: AccountFindings, types: readonly string[]): AccountFindings => ({
  ...account,
  events: account.events.filter(({ eventType }) => types.includes(eventType)),
  places: account.places.filter(({ event }) => !event || types.includes(event.eventType)),
});

/**
 * Promises 5 and 6, of one key: what has taken effect is everything up to some place; what has not stands among the
 * dead letters, and after a redrive there is nothing left that has not.
 */
const brokenPrefix = (
  { id, places, letters }: AccountFindings,
  applied: (event: EventEnvelope) => boolean,
  stage: Stage,
): string[] => {
  const broken: string[] = [];
  let blocked: number | undefined;
  for (const { offset, event, copies } of places) {
    if (event && applied(event)) {
      if (blocked !== undefined && stage === 'parked')
        broken.push(`6: ${id}: offset ${offset} took effect before ${blocked}, which is parked`);
      continue;
    }
    blocked ??= offset;
    if (stage === 'redriven' && event)
      broken.push(`5: ${id}: offset ${offset} has no effect after the redrive`);
    else if (!letters.some((letter) => copies.includes(letter.offset)))
      broken.push(`5: ${id}: offset ${offset} has neither taken effect nor been parked`);
  }
  return broken;
};

const brokenRewards = (world: World, { accounts, club }: Findings, stage: Stage): string[] => {
  const commitOf = (event: EventEnvelope) =>
    club.find(({ commandId }) => commandId === `${consumerName(world)}#${event.eventId}`);
  const rewarded = club.flatMap(({ events }) => events.filter((event) => Rewarded.is(event)));
  return [
    ...world.mailer.doubled.map((what) => `3: ${what}`),
    ...accounts.flatMap((account) => {
      const { id, events, places } = onlyListened(account, [Deposited.type]);
      const due = events.filter((event) => commitOf(event) !== undefined);
      const got = rewarded
        .filter(({ payload }) => payload.accountId === id)
        .map(({ metadata }) => metadata.causationId);
      return [
        ...brokenPrefix({ ...account, places }, (event) => commitOf(event) !== undefined, stage),
        ...(got.join() === due.map(({ eventId }) => eventId).join()
          ? []
          : [`6: ${id} was rewarded out of order`]),
        ...due.flatMap((event) => brokenTrace(event, commitOf(event)?.events ?? [])),
        ...due.flatMap(({ eventId }) =>
          world.mailer.sent(`${consumerName(world)}#${eventId}`)
            ? []
            : [`3: ${id} was rewarded without its mail`],
        ),
      ];
    }),
  ];
};

/** Promise 10: an effect names its cause, and the operation that both belong to. */
const brokenTrace = (cause: EventEnvelope, effects: readonly EventEnvelope[]): string[] =>
  effects.some(
    ({ metadata }) =>
      metadata.causationId !== cause.eventId ||
      metadata.correlationId !== cause.metadata.correlationId ||
      metadata.traceId !== cause.metadata.traceId,
  )
    ? [`10: what followed from ${cause.aggregateId} ${cause.sequence} does not say so`]
    : [];

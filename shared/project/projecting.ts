import {
  applied,
  duplicate,
  failed,
  type Consumer,
  type Delivery,
  type Verdict,
} from '../consume/consumer.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import { PermanentError, TransientError, type MeshError } from '../errors/mesh-error.ts';
import type { DocumentKey, Projection } from './projection.ts';
import type { DocumentChange, ProjectionStore, StoredDocument, Watermark } from './projection-store.ts';

/** Rounds of read, fold and write before conflicts are left to the next delivery. */
const MAX_ROUNDS = 5;

/** Deliveries that change one document, each with its place in the batch. */
interface Group {
  readonly key: DocumentKey;
  readonly entries: { readonly at: number; readonly event: EventEnvelope }[];
}

interface Folded<Doc> {
  readonly verdicts: readonly Verdict[];
  readonly change: DocumentChange<Doc> | undefined;
}

/**
 * A projection as a consumer: groups a batch by document, reads all documents at once, folds in memory and
 * writes each with its watermark on the condition that nobody moved it (promise 3). A batch costs one write a
 * changed document, however many events it folds.
 */
export const projecting = <Doc>(projection: Projection<Doc>, store: ProjectionStore): Consumer => ({
  name: projection.name,
  listens: projection.listens,
  process: async (deliveries) => {
    const verdicts = new Array<Verdict>(deliveries.length);
    const settle = ({ entries }: Group, ends: readonly Verdict[]): void => {
      entries.forEach(({ at }, i) => (verdicts[at] = ends[i] ?? failed(new Error('no verdict'))));
    };
    const contended = new TransientError(
      'contended-document',
      `${projection.name}: other writers kept moving a document`,
    );
    let pending = groupByDocument(projection, deliveries);
    for (let round = 1; pending.length > 0; round += 1) {
      const stored = await readAll(projection, store, pending, round);
      const folds = pending.map((group, i) => foldGroup(projection, group, stored[i]));
      const changes = folds.flatMap(({ change }) => (change ? [change] : []));
      const results = changes.length > 0 ? await store.write(projection.name, changes) : [];
      const resultOf = new Map(changes.map(({ key }, i) => [key, results[i]]));
      const conflicted: Group[] = [];
      pending.forEach((group, i) => {
        const result = resultOf.get(group.key);
        const ends = folds[i]?.verdicts ?? [];
        if (result === undefined || result === 'written') settle(group, ends);
        else if (result !== 'conflict') settle(group, withoutEffect(ends, result));
        else if (round === MAX_ROUNDS) settle(group, withoutEffect(ends, contended));
        else conflicted.push(group);
      });
      pending = conflicted;
    }
    return verdicts;
  },
});

/** The ends of deliveries whose document could not be written: what would have been applied was not. */
const withoutEffect = (ends: readonly Verdict[], error: MeshError): Verdict[] =>
  ends.map((end) => (end.kind === 'applied' ? failed(error) : end));

const groupByDocument = <Doc>(projection: Projection<Doc>, deliveries: readonly Delivery[]): Group[] => {
  const groups = new Map<string, Group>();
  deliveries.forEach(({ event }, at) => {
    const key = projection.keyOf(event);
    const text = `${key.group.length}:${key.group}${key.item}`;
    const group = groups.get(text);
    if (group) group.entries.push({ at, event });
    else groups.set(text, { key, entries: [{ at, event }] });
  });
  return [...groups.values()];
};

/** A document whose first event is at hand is taken for new in the first round, which saves its read. */
const readAll = async <Doc>(
  { name, complete }: Projection<Doc>,
  store: ProjectionStore,
  groups: readonly Group[],
  round: number,
): Promise<readonly (StoredDocument<Doc> | undefined)[]> => {
  const wanted = groups.filter(
    ({ entries }) => !(round === 1 && complete && entries[0]?.event.sequence === 1),
  );
  const found = await store.read<Doc>(
    name,
    wanted.map(({ key }) => key),
  );
  const stored = new Map(wanted.map((group, i) => [group, found[i]]));
  return groups.map((group) => stored.get(group));
};

const foldGroup = <Doc>(
  projection: Projection<Doc>,
  { key, entries }: Group,
  stored: StoredDocument<Doc> | undefined,
): Folded<Doc> => {
  const marks = decodeWatermark(stored?.watermark);
  let doc = stored?.doc;
  let stopped: Verdict | undefined;
  const verdicts = entries.map(({ event }): Verdict => {
    const source = projection.perAggregate ? '' : `${event.aggregateType}/${event.aggregateId}`;
    const seen = marks.get(source) ?? 0;
    if (event.sequence <= seen) return duplicate;
    // What comes after a failure must not move the watermark past it: the redelivery would pass for a duplicate.
    if (stopped) return stopped;
    if (projection.complete && event.sequence > seen + 1) return failed(gap(projection.name, event, seen));
    try {
      doc = projection.evolve(doc, event);
    } catch (error) {
      stopped = failed(error);
      return stopped;
    }
    marks.set(source, event.sequence);
    return applied;
  });
  if (doc === undefined || !verdicts.includes(applied)) return { verdicts, change: undefined };
  return { verdicts, change: { key, doc, watermark: encodeWatermark(marks), from: stored?.watermark } };
};

/** Publishing never skips, so a predecessor that is missing here was parked: this one waits behind it. */
const gap = (name: string, { aggregateId, sequence }: EventEnvelope, seen: number): PermanentError =>
  new PermanentError(
    'missing-predecessor',
    `${name}: ${aggregateId} is at ${seen}, so ${sequence} must wait for ${seen + 1}`,
  );

/** `17` for a document of one aggregate, else a JSON object in the order of its keys: the same from the same events. */
const encodeWatermark = (marks: ReadonlyMap<string, number>): Watermark => {
  const single = marks.get('');
  if (single !== undefined) return String(single);
  return JSON.stringify(Object.fromEntries([...marks].sort(([a], [b]) => (a < b ? -1 : 1))));
};

const decodeWatermark = (watermark: Watermark | undefined): Map<string, number> => {
  if (watermark === undefined) return new Map();
  // Only `encodeWatermark` writes it.
  const parsed = JSON.parse(watermark) as number | Record<string, number>;
  return typeof parsed === 'number' ? new Map([['', parsed]]) : new Map(Object.entries(parsed));
};

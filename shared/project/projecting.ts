import {
  applied,
  duplicate,
  failed,
  held,
  type Consumer,
  type Delivery,
  type Verdict,
} from '../consume/consumer.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import { PermanentError, TransientError, type MeshError } from '../errors/mesh-error.ts';
import type { DocumentKey, Projection } from './projection.ts';
import type {
  DocumentChange,
  ProjectionStore,
  StoredDocument,
  Watermark,
  WriteResult,
} from './projection-store.ts';

/** Rounds of read, fold and write before conflicts are left to the next delivery. */
const MAX_ROUNDS = 5;

/** A delivery on its way, with its place in the batch. */
interface Entry {
  readonly at: number;
  readonly key: string;
  readonly event: EventEnvelope;
}

/** Deliveries that change one document. */
interface Group {
  readonly key: DocumentKey;
  readonly entries: Entry[];
}

/** Where in the batch each key came to a stop: what follows there is held (promise 6). */
type Stops = Map<string, number>;

/**
 * A projection as a consumer: groups a batch by document, reads all documents at once, folds in memory and
 * writes each with its watermark on the condition that nobody moved it (promise 3). A batch costs one write a
 * changed document, however many events it folds.
 */
export const projecting = <Doc>(projection: Projection<Doc>, store: ProjectionStore): Consumer => ({
  name: projection.name,
  listens: projection.listens,
  process: async (deliveries) => {
    const stops: Stops = new Map();
    const verdicts = new Map<number, Verdict>();
    let pending = groupByDocument(projection, deliveries, stops, verdicts);
    for (let round = 1; pending.length > 0; round += 1) {
      const stored = await readAll(projection, store, pending, round);
      const folds = foldAll(projection, pending, stored, stops);
      const changes = pending.flatMap((group) => changeOf(group, stored, folds.get(group)));
      const results = changes.length > 0 ? await store.write(projection.name, changes) : [];
      const resultOf = new Map(changes.map(({ key }, i) => [key, results[i]]));
      const conflicted: Group[] = [];
      for (const group of pending) {
        const result = resultOf.get(group.key);
        const ends = folds.get(group)?.verdicts ?? [];
        if (result === 'conflict' && round < MAX_ROUNDS) conflicted.push(group);
        else settle(verdicts, stops, group, endsAfter(ends, result, projection.name));
      }
      pending = [...conflicted, ...pending.flatMap((group) => heldForNothing(group, verdicts, stops))];
    }
    return deliveries.map((_, at) => verdicts.get(at) ?? failed(new Error('no verdict')));
  },
});

const settle = (
  verdicts: Map<number, Verdict>,
  stops: Stops,
  { entries }: Group,
  ends: readonly Verdict[],
): void => {
  entries.forEach(({ at, key }, i) => {
    const end = ends[i] ?? failed(new Error('no verdict'));
    verdicts.set(at, end);
    if (end.kind === 'failed') stops.set(key, Math.min(at, stops.get(key) ?? Infinity));
  });
};

/** What was held in a round for the sake of a document that will be read again, so that nothing stands before it. */
const heldForNothing = (
  { key, entries }: Group,
  verdicts: ReadonlyMap<number, Verdict>,
  stops: Stops,
): Group[] => {
  const free = entries.filter((entry) => verdicts.get(entry.at) === held && !stops.has(entry.key));
  return free.length > 0 ? [{ key, entries: free }] : [];
};

/** The ends of deliveries once their document was written, or could not be. */
const endsAfter = (
  ends: readonly Verdict[],
  result: WriteResult | undefined,
  name: string,
): readonly Verdict[] => {
  if (result === undefined || result === 'written') return ends;
  return withoutEffect(ends, result === 'conflict' ? contended(name) : result);
};

const contended = (name: string): MeshError =>
  new TransientError('contended-document', `${name}: other writers kept moving a document`);

/** The ends of deliveries whose document could not be written: what would have been applied was not. */
const withoutEffect = (ends: readonly Verdict[], error: MeshError): Verdict[] =>
  ends.map((end) => (end.kind === 'applied' ? failed(error) : end));

/** Groups in the order in which they begin; an event whose document cannot be told has failed, and stops its key. */
const groupByDocument = <Doc>(
  projection: Projection<Doc>,
  deliveries: readonly Delivery[],
  stops: Stops,
  verdicts: Map<number, Verdict>,
): Group[] => {
  const groups = new Map<string, Group>();
  deliveries.forEach(({ key, event }, at) => {
    const document = documentOf(projection, event);
    if (document instanceof PermanentError) {
      verdicts.set(at, stops.has(key) ? held : failed(document));
      if (!stops.has(key)) stops.set(key, at);
      return;
    }
    const text = `${document.group.length}:${document.group}${document.item}`;
    const group = groups.get(text);
    if (group) group.entries.push({ at, key, event });
    else groups.set(text, { key: document, entries: [{ at, key, event }] });
  });
  return [...groups.values()];
};

const documentOf = <Doc>(projection: Projection<Doc>, event: EventEnvelope): DocumentKey | PermanentError => {
  try {
    return projection.keyOf(event);
  } catch (error) {
    return new PermanentError('no-document', `${projection.name}: ${event.eventType} names no document`, {
      cause: error,
    });
  }
};

/** A document whose first event is at hand is taken for new in the first round, which saves its read. */
const readAll = async <Doc>(
  { name, complete }: Projection<Doc>,
  store: ProjectionStore,
  groups: readonly Group[],
  round: number,
): Promise<ReadonlyMap<Group, StoredDocument<Doc>>> => {
  const wanted = groups.filter(
    ({ entries }) => !(round === 1 && complete && entries[0]?.event.sequence === 1),
  );
  const found = await store.read<Doc>(
    name,
    wanted.map(({ key }) => key),
  );
  return new Map(
    wanted.flatMap((group, i) => {
      const document = found[i];
      return document ? [[group, document]] : [];
    }),
  );
};

/** A document as it comes out of a batch, with the ends of its entries in their order. */
interface Fold<Doc> {
  doc: Doc | undefined;
  readonly marks: Map<string, number>;
  readonly verdicts: Verdict[];
}

/** Folds all documents in the order of the batch, so that a key that comes to a stop stops in all of them. */
const foldAll = <Doc>(
  projection: Projection<Doc>,
  groups: readonly Group[],
  stored: ReadonlyMap<Group, StoredDocument<Doc>>,
  before: Stops,
): ReadonlyMap<Group, Fold<Doc>> => {
  const stops = new Map(before);
  const folds = new Map(
    groups.map((group): [Group, Fold<Doc>] => {
      const document = stored.get(group);
      return [group, { doc: document?.doc, marks: decodeWatermark(document?.watermark), verdicts: [] }];
    }),
  );
  const inOrder = groups
    .flatMap((group) => group.entries.map((entry) => ({ entry, fold: folds.get(group) })))
    .sort((a, b) => a.entry.at - b.entry.at);
  for (const { entry, fold } of inOrder) {
    if (!fold) continue;
    const verdict =
      (stops.get(entry.key) ?? Infinity) < entry.at ? held : foldOne(projection, fold, entry.event);
    if (verdict.kind === 'failed') stops.set(entry.key, entry.at);
    fold.verdicts.push(verdict);
  }
  return folds;
};

const foldOne = <Doc>(projection: Projection<Doc>, fold: Fold<Doc>, event: EventEnvelope): Verdict => {
  const source = projection.perAggregate ? '' : `${event.aggregateType}/${event.aggregateId}`;
  const seen = fold.marks.get(source) ?? 0;
  if (event.sequence <= seen) return duplicate;
  if (projection.complete && event.sequence > seen + 1) return failed(gap(projection.name, event, seen));
  try {
    fold.doc = projection.evolve(fold.doc, event);
  } catch (error) {
    return failed(error);
  }
  fold.marks.set(source, event.sequence);
  return applied;
};

const changeOf = <Doc>(
  group: Group,
  stored: ReadonlyMap<Group, StoredDocument<Doc>>,
  fold: Fold<Doc> | undefined,
): DocumentChange<Doc>[] => {
  if (fold?.doc === undefined || !fold.verdicts.includes(applied)) return [];
  const { doc, marks } = fold;
  return [{ key: group.key, doc, watermark: encodeWatermark(marks), from: stored.get(group)?.watermark }];
};

/**
 * Publishing never skips, so a predecessor that is missing here was parked, or passed over by code that did not know its
 * type yet (ADR 3): this one waits for it.
 */
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

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { projectPaths } from '../../project-paths.ts';
import { withAdmin } from '../kafka-access.ts';

const Offsets = z.object({ count: z.int(), ranges: z.array(z.tuple([z.int(), z.int()])) });
const Row = z.looseObject({
  consumer: z.string(),
  topic: z.string(),
  partition: z.int(),
  from: z.int(),
  next: z.int(),
  applied: z.int(),
  duplicate: z.int(),
  notForMe: z.int(),
  parked: z.int(),
  inFlight: Offsets,
  missing: Offsets,
  closes: z.boolean(),
  /** What came of asking the consumer whether the effects of all that it counted still stand. */
  audit: z
    .looseObject({
      checked: z.int(),
      setAside: z.int(),
      findingCount: z.int(),
      findings: z.array(z.looseObject({ kind: z.string(), first: z.int(), last: z.int(), why: z.string() })),
    })
    .optional(),
});
export type LedgerRow = z.infer<typeof Row>;

/** As many rows as there are partitions of a mesh's consumers, each with its findings. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
/** The tool's exit code when something is missing: its rows say what. */
const SOMETHING_MISSING = 1;

/** How records ended for all consumers together. */
export interface RecordEnds {
  readonly applied: number;
  readonly duplicate: number;
  readonly notForMe: number;
  readonly parked: number;
}

export interface LedgerFindings {
  readonly pages: number;
  readonly ends: RecordEnds;
  /** Records whose effects were looked for; those whose letters account for them. */
  readonly checked: number;
  readonly setAside: number;
  readonly deviations: readonly string[];
}

/** First offset and the one after the last, by topic and partition. */
type TopicEnds = ReadonlyMap<string, readonly { partition: number; low: number; high: number }[]>;

/** Holds a ledger against what the topics have. @returns each deviation, named */
export const ledgerDeviations = (rows: readonly LedgerRow[], ends: TopicEnds): string[] => {
  const pageOf = new Map(rows.map((row) => [`${row.consumer}|${row.topic}|${row.partition}`, row]));
  const read = Map.groupBy(rows, ({ consumer, topic }) => `${consumer}|${topic}`);
  const uncovered = [...read.values()].flatMap(([first]) => {
    const { consumer = '', topic = '' } = first ?? {};
    return (ends.get(topic) ?? []).flatMap(({ partition, low, high }) => {
      const row = pageOf.get(`${consumer}|${topic}|${partition}`);
      if (!row) return high > low ? [`${consumer} never read ${topic}-${partition}@${low}…${high - 1}`] : [];
      const found: string[] = [];
      if (row.from > low) found.push(`${consumer} never read ${topic}-${partition}@${low}…${row.from - 1}`);
      if (row.next < high)
        found.push(`${consumer} has not read ${topic}-${partition}@${row.next}…${high - 1}`);
      return found;
    });
  });
  const open = rows.flatMap(({ consumer, topic, partition, closes, inFlight, missing }) => {
    const name = (ranges: readonly (readonly [number, number])[]): string =>
      ranges.map(([first, last]) => `${topic}-${partition}@${first}…${last}`).join(', ');
    if (missing.count > 0) return [`${consumer} lost ${name(missing.ranges)}`];
    if (inFlight.count > 0) return [`${consumer} has ${name(inFlight.ranges)} in flight`];
    return closes ? [] : [`the ledger of ${consumer} for ${topic}-${partition} does not add up`];
  });
  const gone = rows.flatMap(({ consumer, topic, partition, audit }) => {
    if (!audit) return [`${consumer} was not asked about ${topic}-${partition}`];
    const { findings, findingCount } = audit;
    return [
      ...findings.map(
        ({ kind, first, last, why }) => `${consumer}: ${kind} ${topic}-${partition}@${first}…${last}: ${why}`,
      ),
      ...(findingCount > findings.length
        ? [`${consumer}: ${findingCount - findings.length} more findings in ${topic}-${partition}`]
        : []),
    ];
  });
  return [...uncovered, ...open, ...gone];
};

/** The ledger as `npm run ledger` prints it for machines, after it has asked every consumer for every effect. */
const auditedRows = async ({ instance }: Endpoints, signal: AbortSignal): Promise<readonly LedgerRow[]> => {
  const tool = join(projectPaths.root, 'local', 'operate', 'ledger.ts');
  const printed = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      ['--disable-warning=TimeoutNegativeWarning', tool, '--instance', instance, '--json'],
      { maxBuffer: MAX_OUTPUT_BYTES, signal },
      (error, stdout, stderr) => {
        if (error === null || error.code === SOMETHING_MISSING) resolve(stdout);
        else reject(new Error(`npm run ledger failed: ${stderr.trim() || error.message}`, { cause: error }));
      },
    );
  });
  return z.array(Row).parse(JSON.parse(printed));
};

/** Reads the ledger, adds it up, holds it against the topics, and has every effect looked for (promise 5). */
export const checkLedger = async (endpoints: Endpoints, signal: AbortSignal): Promise<LedgerFindings> => {
  const rows = await auditedRows(endpoints, signal);
  const topics = [...new Set(rows.map(({ topic }) => topic))];
  const ends = await withAdmin(endpoints.brokers, async (admin) => {
    const found = new Map<string, { partition: number; low: number; high: number }[]>();
    for (const topic of topics) {
      const offsets = await admin.fetchTopicOffsets(topic);
      found.set(
        topic,
        offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) })),
      );
    }
    return found;
  });
  const sum = (name: keyof RecordEnds): number => rows.reduce((total, row) => total + row[name], 0);
  return {
    pages: rows.length,
    ends: {
      applied: sum('applied'),
      duplicate: sum('duplicate'),
      notForMe: sum('notForMe'),
      parked: sum('parked'),
    },
    checked: rows.reduce((total, { audit }) => total + (audit?.checked ?? 0), 0),
    setAside: rows.reduce((total, { audit }) => total + (audit?.setAside ?? 0), 0),
    deviations: rows.length === 0 ? ['the ledger is empty'] : ledgerDeviations(rows, ends),
  };
};

import { systemClock } from '../../shared/define/clock.ts';
import { lambdaConsumers } from '../../functions/mesh/dead-letters/ask-consumer.ts';
import { correctionValue } from '../../functions/mesh/dead-letters/read-letters.ts';
import type { LedgerRow } from '../../functions/mesh/ledger/ledger-row.ts';
import { ApiRefusal, apiAccess, UsageError, type ApiAccess } from './api-access.ts';
import { auditLedger } from './ledger/audit-ledger.ts';
import { fetchRows, handIn, inOrder } from './ledger/ledger-api.ts';
import { ledgerHelp, ledgerOptions, type LedgerOptions } from './ledger/ledger-options.ts';
import { ledgerTable, troubles } from './ledger/ledger-text.ts';
import { deadLettersTable, lettersOfRecords } from './ledger/letters-of-records.ts';
import { meshAccess } from './ledger/mesh-access.ts';
import { partitionEnds, readTopics } from './ledger/read-topics.ts';
import { unbegunRows } from './ledger/unbegun-rows.ts';

/** Audits some rows and hands in what was found. @returns rows for what nobody has begun to read */
const audit = async (
  api: ApiAccess,
  rows: readonly LedgerRow[],
  { brokers, kafkaAuth }: LedgerOptions,
): Promise<readonly LedgerRow[]> => {
  const [first] = rows;
  if (!first) return [];
  const at = systemClock.now().toISOString();
  const { kafka, lambda, dynamodb } = meshAccess(api.endpoints, brokers, kafkaAuth);
  const table = await deadLettersTable(lambda, first.functionName);
  const ends = await partitionEnds(kafka, [...new Set(rows.map(({ topic }) => topic))]);
  const audited = await auditLedger(
    {
      ask: lambdaConsumers(lambda),
      lettersOf: (consumer, records) => lettersOfRecords(dynamodb, table, consumer, records),
      correctedValue: (letter) =>
        correctionValue(
          { client: dynamodb, tableName: table, clock: systemClock },
          letter,
          letter.correction?.sha256 ?? '',
        ),
      now: () => Date.now(),
    },
    rows,
    ends,
    (wanted, take) => readTopics(kafka, wanted, take),
  );
  await handIn(
    api,
    audited.map((page) => page.audit),
  );
  return unbegunRows(rows, ends, at);
};

const run = async (args: readonly string[]): Promise<number> => {
  const options = ledgerOptions(args);
  if (options.help) {
    console.log(ledgerHelp);
    return 0;
  }
  const api = await apiAccess(options);
  let rows = await fetchRows(api, options);
  if (options.audit) {
    const unbegun = await audit(api, rows, options);
    // What the API says now is what anyone will read there.
    const audits = new Map((await fetchRows(api, options)).map((row) => [nameOf(row), row.audit]));
    rows = rows.map((row) => {
      const of = audits.get(nameOf(row));
      return of ? { ...row, audit: of } : row;
    });
    rows = [...rows, ...unbegun].sort(inOrder);
  }
  const trouble = troubles(rows);
  if (options.json) console.log(JSON.stringify(rows, null, 2));
  else {
    console.log(ledgerTable(rows, options.partitions));
    for (const line of trouble) console.log(line);
    if (rows.length === 0) console.log('No consumer has entered anything yet.');
  }
  const isWhole = rows.every(({ closes, audit }) => closes && (audit?.findingCount ?? 0) === 0);
  return isWhole ? 0 : 1;
};

const nameOf = ({ consumer, topic, partition }: LedgerRow): string =>
  JSON.stringify([consumer, topic, partition]);

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) console.error('What it takes: npm run ledger -- --help');
  else if (error instanceof Error && error.cause !== undefined && !(error instanceof ApiRefusal))
    console.error(error.cause);
  process.exitCode = 2;
}

import './lambda-environment.ts';
import { mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { MSKEvent } from 'aws-lambda';
import { startDynamodbLocal } from '../local/engines/dynamodb-local.ts';
import { projectPaths } from '../local/project-paths.ts';
import { consume, type Means } from '../shared/consume/consume.ts';
import { dynamoDeadLetters } from '../shared/consume/dynamo-dead-letters.ts';
import { dynamoLedger } from '../shared/consume/dynamo-ledger.ts';
import { dynamoClient } from '../shared/aws/dynamo-client.ts';
import { dynamoProjectionStore } from '../shared/project/dynamo-projection-store.ts';
import { projecting } from '../shared/project/projecting.ts';
import type { ProjectionStore, StoredDocument } from '../shared/project/projection-store.ts';
import { createTable } from '../shared/testing/create-table.ts';
import { lambdaContext } from '../shared/testing/lambda-context.ts';
import { memoryDeadLetters } from '../shared/testing/memory-dead-letters.ts';
import { memoryLedger } from '../shared/testing/memory-ledger.ts';
import { BATCH_RECORDS, parcelBatches, parcelPosition } from './parcel.ts';
import { powertoolsRecipe } from './powertools-recipe.ts';
import { meterWriteUnits, type WriteUnits } from './write-units.ts';

const ROUNDS = 5;
const WARM_UP_SHARE = 0.2;
const KERNEL_ROUNDS = 10;
const KERNEL_BATCHES = 50;

interface Contestant {
  readonly handle: (event: MSKEvent) => Promise<{ readonly batchItemFailures: readonly unknown[] }>;
  readonly nextBatch: () => MSKEvent;
  readonly units: WriteUnits;
}

interface Speed {
  readonly recordsPerSecond: number;
  readonly writeUnitsPerRecord: number;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Runs batches for a while; only the handler's own time counts, not the making of batches. */
const runFor = async ({ handle, nextBatch, units }: Contestant, seconds: number): Promise<Speed> => {
  units.take();
  let busyMs = 0;
  let records = 0;
  while (busyMs < seconds * 1_000) {
    const batch = nextBatch();
    const started = performance.now();
    const { batchItemFailures } = await handle(batch);
    busyMs += performance.now() - started;
    if (batchItemFailures.length > 0)
      throw new Error(`${batchItemFailures.length} records of a batch failed`);
    records += BATCH_RECORDS;
  }
  return { recordsPerSecond: (records / busyMs) * 1_000, writeUnitsPerRecord: units.take() / records };
};

/** The parking check and the ledger are part of what a batch costs. */
const means = async (client: DynamoDBClient): Promise<Means> => ({
  deadLetters: dynamoDeadLetters(client, await createTable(client, 'consumerKey', 'position')),
  ledger: dynamoLedger(client, await createTable(client, 'consumer', 'page')),
});

const meshConsumer = async (endpoint: string, keys: number): Promise<Contestant> => {
  const client = dynamoClient(endpoint);
  const units = meterWriteUnits(client);
  const store = dynamoProjectionStore(client, await createTable(client, 'groupKey', 'itemKey'));
  const handler = consume(projecting(parcelPosition, store), await means(client));
  return { handle: (event) => handler(event, lambdaContext()), nextBatch: parcelBatches(keys), units };
};

const recipe = async (endpoint: string, keys: number): Promise<Contestant> => {
  const client = dynamoClient(endpoint);
  const units = meterWriteUnits(client);
  const handler = powertoolsRecipe(
    client,
    await createTable(client, 'parcelId'),
    await createTable(client, 'id'),
  );
  return { handle: (event) => handler(event, lambdaContext()), nextBatch: parcelBatches(keys), units };
};

/** Both consumers in turn, A B A B …, on the same DynamoDB; each result is the median of its rounds. */
const compare = async (endpoint: string, keys: number, seconds: number) => {
  const what = keys === Infinity ? 'all distinct' : `${keys} keys, again and again`;
  const [mesh, powertools] = [await meshConsumer(endpoint, keys), await recipe(endpoint, keys)];
  const slice = (seconds * (1 - WARM_UP_SHARE)) / (2 * ROUNDS);
  for (const contestant of [mesh, powertools]) await runFor(contestant, (seconds * WARM_UP_SHARE) / 2);
  const rounds: { readonly mesh: Speed; readonly powertools: Speed }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ mesh: await runFor(mesh, slice), powertools: await runFor(powertools, slice) });
  }
  const of = (who: 'mesh' | 'powertools'): Speed => ({
    recordsPerSecond: Math.round(median(rounds.map((round) => round[who].recordsPerSecond))),
    writeUnitsPerRecord: Number(median(rounds.map((round) => round[who].writeUnitsPerRecord)).toFixed(2)),
  });
  // Each round against its neighbour in time: a machine that slows down half-way slows both.
  const ratio = median(
    rounds.map(({ mesh, powertools }) => mesh.recordsPerSecond / powertools.recordsPerSecond),
  );
  return { what, mesh: of('mesh'), powertools: of('powertools'), ratio: Number(ratio.toFixed(1)) };
};

/** A store that costs next to nothing: what remains is decoding, checking, folding and reporting. */
const nullStore = (): ProjectionStore => {
  const documents = new Map<string, StoredDocument<unknown>>();
  return {
    read: async <Doc>(_: string, keys: readonly { item: string }[]) =>
      keys.map(({ item }) => documents.get(item) as StoredDocument<Doc> | undefined),
    write: async (_, changes) =>
      changes.map(
        ({ key, doc, watermark }) => (documents.set(key.item, { doc, watermark }), 'written' as const),
      ),
    list: async () => ({ items: [], next: undefined }),
  };
};

/**
 * The kernel's own cost of a record, in microseconds of CPU time: the best of ten rounds, each the median of its
 * batches. What else runs on the machine can only add to it.
 */
const kernelCost = async (keys: number): Promise<number> => {
  const handler = consume(projecting(parcelPosition, nullStore()), {
    deadLetters: memoryDeadLetters(),
    ledger: memoryLedger(),
  });
  const nextBatch = parcelBatches(keys);
  const rounds: number[] = [];
  for (let round = 0; round < KERNEL_ROUNDS; round += 1) {
    const costs: number[] = [];
    for (let batch = 0; batch < KERNEL_BATCHES; batch += 1) {
      const event = nextBatch();
      const before = process.cpuUsage();
      await handler(event, lambdaContext());
      const { user, system } = process.cpuUsage(before);
      costs.push((user + system) / BATCH_RECORDS);
    }
    rounds.push(median(costs));
  }
  return Number(Math.min(...rounds).toFixed(1));
};

const measure = async (seconds: number) => {
  // Before anything else has filled the heap.
  const kernelMicrosecondsPerRecord = Math.max(await kernelCost(100), await kernelCost(BATCH_RECORDS));
  const folder = join(projectPaths.mesh, 'bench', String(process.pid));
  mkdirSync(folder, { recursive: true });
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  // DynamoDB Local ends with this process, however that ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const dynamodb = await startDynamodbLocal({ folder, heapMb: 1_024 });
  try {
    return {
      workloads: [
        await compare(dynamodb.endpoint, 100, seconds / 3),
        await compare(dynamodb.endpoint, Infinity, seconds / 3),
        await compare(dynamodb.endpoint, BATCH_RECORDS, seconds / 3),
      ],
      kernelMicrosecondsPerRecord,
    };
  } finally {
    await dynamodb.stop();
  }
};

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '75' } },
});
const seconds = Number(values.seconds);
if (!(seconds > 0)) {
  console.error('--seconds must be a positive number');
  process.exit(2);
}

/** Log lines are written in full, as on Lambda, where nobody has to read them; the report goes to the terminal. */
const print = (text: string): number => writeSync(1, `${text}\n`);
const sink = openSync(devNull, 'w');
process.stdout.write = (chunk: string | Uint8Array) => {
  writeSync(sink, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
  return true;
};

const result = await measure(seconds);
const [hundred, distinct] = result.workloads;
if (!hundred || !distinct) throw new Error('fewer workloads were measured than asked for');
const worstUnits = Math.max(...result.workloads.map(({ mesh }) => mesh.writeUnitsPerRecord));
const targets = [
  { what: 'records/s against the recipe, 100 keys', value: hundred.ratio, atLeast: 10 },
  { what: 'records/s against the recipe, all distinct', value: distinct.ratio, atLeast: 3.5 },
  { what: 'write units a record, worst case', value: worstUnits, atMost: 1 },
].map((target) => ({
  ...target,
  met: 'atLeast' in target ? target.value >= target.atLeast : target.value <= target.atMost,
}));

if (values.json)
  print(
    JSON.stringify({ seconds, batchRecords: BATCH_RECORDS, rounds: ROUNDS, ...result, targets }, null, 2),
  );
else {
  print(
    `Batches of ${BATCH_RECORDS} records, both consumers in turn on one DynamoDB Local, median of ${ROUNDS} rounds\n`,
  );
  for (const { what, mesh, powertools, ratio } of result.workloads) {
    print(what);
    for (const [name, { recordsPerSecond, writeUnitsPerRecord }] of Object.entries({ mesh, powertools })) {
      print(
        `  ${name.padEnd(10)} ${String(recordsPerSecond).padStart(7)} records/s  ${writeUnitsPerRecord.toFixed(2)} write units/record`,
      );
    }
    print(`  ratio      ${String(ratio).padStart(7)} ×`);
  }
  print(
    '\nWrite units: reported by DynamoDB for the recipe’s single items; for the mesh’s batched statements, of which',
  );
  print('DynamoDB Local reports none, one for each KB of the item as sent.');
  // No ratio, so no verdict: it says as much about the machine as about the kernel. The goal is 10 (PRF-01).
  print(
    `The kernel’s own cost, without DynamoDB: ${result.kernelMicrosecondsPerRecord} µs of CPU a record\n`,
  );
  for (const target of targets) {
    const bound = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
    print(`${target.met ? 'PASS' : 'FAIL'}  ${target.what}: ${target.value} (${bound})`);
  }
}
process.exitCode = targets.every(({ met }) => met) ? 0 : 1;

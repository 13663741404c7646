import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { OrderCreated, OrderItemAdded } from '../../functions/order/events.ts';
import { orderSummary } from '../../functions/order/projections/order-summary.ts';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import { projectPaths } from '../../local/project-paths.ts';
import { line } from '../../local/scenarios/shop.ts';
import { topicRecords } from '../../local/scenarios/topic-records.ts';
import { systemClock } from '../../shared/define/clock.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { idWithinCustomer, type NewEvent } from '../../shared/define/event.ts';
import { partitionOf } from '../../shared/define/partition-of.ts';
import { deadLetterTopicOf } from '../../shared/define/topics.ts';
import { kafkaMessage } from '../../shared/publish/kafka-message.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { callApi, expectProblem } from './mesh-access/call-api.ts';
import { produce, type ForeignRecord } from './mesh-access/foreign-records.ts';
import { claimsOf } from './mesh-access/tokens.ts';

const TOPIC = 'business-events-orders';
const PARTITIONS = 12;
const KEYS = 100;
const PER_KEY = 10;
const POISONED = 5;
const WITHIN_MS = 2_000;
const WITHIN = { deadlineMs: 90_000, everyMs: 250 };
const mesh = inject('mesh');

const partition = 7;
const customers = ((): string[] => {
  const found: string[] = [];
  while (found.length < KEYS) {
    const id = randomUUID();
    if (partitionOf(id, PARTITIONS) === partition) found.push(id);
  }
  return found;
})();
const orders = customers.map((customer) => idWithinCustomer(customer, randomUUID()));
const [lastCustomer = '', lastOrder = ''] = [customers.at(-1), orders.at(-1)];

const event = (of: NewEvent, aggregateId: string, sequence: number): EventEnvelope => ({
  ...envelopeOf(of, { aggregateId, sequence, occurredOn: new Date().toISOString() }),
  eventId: systemClock.newId(),
});
const item = (sequence: number) => OrderItemAdded.of({ line: line(`sku-${sequence}`, 1) });
const good = (order: number, sequence: number): EventEnvelope =>
  event(
    sequence === 1
      ? OrderCreated.of({ customerId: customers[order] ?? '', currency: 'EUR' })
      : item(sequence),
    orders[order] ?? '',
    sequence,
  );
const poisoned = good(KEYS - 1, POISONED);
const poison = { ...poisoned, payload: { line: { ...line('sku-5', 1), quantity: -1 } } };

const record = (envelope: EventEnvelope, customer: string): ForeignRecord => {
  const { key, value, headers } = kafkaMessage(envelope, customer);
  const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const);
  return { key: Buffer.from(key), value: Buffer.from(value), headers: Object.fromEntries(bytes) };
};

/** 1 000 good records over 100 keys, their turns taken, and in the last key one that is none. */
const records = Array.from({ length: PER_KEY + 1 }, (_, i) => i + 1).flatMap((sequence) =>
  customers.flatMap((customer, order) => {
    if (order < KEYS - 1) return sequence <= PER_KEY ? [record(good(order, sequence), customer)] : [];
    return [record(sequence === POISONED ? poison : good(order, sequence), customer)];
  }),
);
const parkedSequences = Array.from({ length: PER_KEY + 2 - POISONED }, (_, i) => POISONED + i);

type Call = ReturnType<typeof callApi>;
let ada: Call;
let bob: Call;
let tokens: { ada: string; bob: string };
let logged: number;
let parked: string[];

const logFile = join(mesh.logs, 'ministack.log');
const Batch = z.looseObject({
  message: z.literal('batch consumed'),
  consumer: z.literal(orderSummary.name),
  applied: z.int(),
  parked: z.int(),
  retried: z.int(),
  milliseconds: z.int(),
});
/** Batches of the consumer since the records were sent. */
const batches = () =>
  readFileSync(logFile, 'utf8')
    .slice(logged)
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .flatMap((text) => Batch.safeParse(JSON.parse(text)).data ?? []);

const cli = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const entry = join(projectPaths.root, 'local/operate/dead-letters.ts');
  try {
    const run = await promisify(execFile)(process.execPath, [entry, ...args, '--instance', mesh.instance]);
    return { code: 0, out: run.stdout, err: run.stderr };
  } catch (error) {
    // `execFile` rejects with the exit code and what was printed.
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
};

const orderIs = (orderId: string, sequence: number): Promise<unknown> =>
  waitFor(
    `${orderId} at ${sequence}`,
    async () => {
      const { status, body } = await ada({ method: 'GET', path: `/orders/${orderId}` });
      return status === 200 && (body as { sequence: number }).sequence === sequence ? body : undefined;
    },
    WITHIN,
  );

beforeAll(async () => {
  tokens = { ada: await mintToken(mesh), bob: await mintToken(mesh, 'second-operator') };
  ada = callApi(mesh.api, tokens.ada);
  bob = callApi(mesh.api, tokens.bob);
  // Whatever runs first in a process is slow, poison or not: that is not what is measured here.
  await produce(mesh.brokers, TOPIC, partition, [record(good(0, 1), customers[0] ?? '')]);
  await orderIs(orders[0] ?? '', 1);
  logged = readFileSync(logFile, 'utf8').length;
  await produce(mesh.brokers, TOPIC, partition, records);
});

describe('one poison record among 1 000 good ones over 100 keys', () => {
  it('holds up its own key alone: 99 keys are applied within 2 s of their batch (promise 4)', async () => {
    for (const orderId of orders.slice(0, -1)) await orderIs(orderId, PER_KEY);
    const all = batches();
    expect(all.reduce((sum, { applied }) => sum + applied, 0)).toBeGreaterThanOrEqual(
      (KEYS - 1) * PER_KEY - 1,
    );
    for (const batch of all) expect(batch).toMatchObject({ retried: 0 });
    expect(Math.max(...all.map(({ milliseconds }) => milliseconds))).toBeLessThan(WITHIN_MS);
  });

  it('parks the poison and, in order, all that follows it under its key (promise 6)', async () => {
    const letters = await waitFor(
      'the letters of the key',
      async () => {
        const query = new URLSearchParams({ consumer: orderSummary.name, key: lastCustomer });
        const { body } = await ada({ method: 'GET', path: `/ops/dead-letters?${query.toString()}` });
        const { letters: some } = z
          .object({ letters: z.array(z.looseObject({ letterId: z.string(), offset: z.string() })) })
          .parse(body);
        return some.length === parkedSequences.length ? some : undefined;
      },
      WITHIN,
    );
    parked = letters.toSorted((a, b) => Number(a.offset) - Number(b.offset)).map(({ letterId }) => letterId);
    for (const [i, letterId] of parked.entries()) {
      const { body } = await ada({ method: 'GET', path: `/ops/dead-letters/letters/${letterId}` });
      expect(body).toMatchObject({
        cause: { code: i === 0 ? 'schema-violation' : 'behind' },
        decoded: i === 0 ? { error: {} } : { event: { sequence: parkedSequences[i] } },
        place: { number: i + 1, of: parked.length, head: parked[0] },
      });
    }
  });

  it('is on the dead-letter topics, with its own key and bytes and where it came from (CON-09, CON-10)', async () => {
    for (const topic of [deadLetterTopicOf(TOPIC), 'error-events-dlq']) {
      const found = await waitFor(
        `the poison on ${topic}`,
        async () =>
          (await topicRecords(mesh.brokers, topic)).find(
            ({ headers }) => String(headers['dlq_letter_id']) === parked[0],
          ),
        WITHIN,
      );
      expect(found.key).toBe(lastCustomer);
      expect(JSON.parse(found.value)).toEqual(poison);
    }
  });

  it('cannot be passed: a later letter is not redriven before it', async () => {
    const body = { letter: parked[1], reason: 'trying' };
    const answer = await ada({ method: 'POST', path: '/ops/dead-letters/redrives', body });
    expectProblem(answer, { status: 409, code: 'not-the-head' });
  });

  it('is rehearsed, corrected, approved by a second person and redriven in order', async () => {
    const letter = `/ops/dead-letters/letters/${parked[0] ?? ''}`;
    const dry = await cli('dry-run', '--consumer', orderSummary.name, '--key', lastCustomer, '--json');
    expect(JSON.parse(dry.out)).toMatchObject({
      predictions: parked.map((letterId, i) => ({ letterId, result: i === 0 ? 'failed' : 'held' })),
    });

    const file = join(mesh.logs, 'correction.json');
    writeFileSync(file, JSON.stringify(poisoned));
    const proposal = await cli('correct', parked[0] ?? '', '--value', file, '--reason', 'sent -1', '--json');
    const { sha256 } = z.object({ sha256: z.string() }).parse(JSON.parse(proposal.out));
    const own = await ada({ method: 'POST', path: `${letter}/approvals`, body: { sha256 } });
    expectProblem(own, { status: 409, code: 'same-person' });
    expect(await bob({ method: 'POST', path: `${letter}/approvals`, body: { sha256 } })).toMatchObject({
      status: 202,
    });

    const redrive = await cli(
      ...['redrive', '--consumer', orderSummary.name, '--key', lastCustomer],
      ...['--reason', 'corrected', '--wait', '--json'],
    );
    expect(redrive.err).toBe('');
    expect(JSON.parse(redrive.out)).toMatchObject({
      state: 'done',
      results: { applied: parked.length },
      stoppedKeys: 0,
    });
    const order = await orderIs(lastOrder, PER_KEY + 1);
    expect((order as { lines: { sku: string }[] }).lines.map(({ sku }) => sku)).toEqual(
      Array.from({ length: PER_KEY }, (_, i) => `sku-${i + 2}`),
    );
    // The others that listen to the record have letters of their own.
    const left = await cli('list', '--consumer', orderSummary.name, '--key', lastCustomer, '--json');
    expect(left).toMatchObject({
      code: 0,
      out: expect.stringContaining('"letters": []'),
    });
  });

  it('its key flows again: the next event is applied at once', async () => {
    const sequence = PER_KEY + 2;
    await produce(mesh.brokers, TOPIC, partition, [record(good(KEYS - 1, sequence), lastCustomer)]);
    await orderIs(lastOrder, sequence);
  });

  it('what was done is in the audit trail and on the security topic (SEC-03, SEC-09)', async () => {
    const { body } = await ada({ method: 'GET', path: '/ops/audit?limit=100' });
    const { entries } = z
      .object({
        entries: z.array(
          z.object({ auditId: z.string(), action: z.string(), by: z.string(), target: z.string() }),
        ),
      })
      .parse(body);
    const proposed = entries.find(
      ({ action, target }) => action === 'correction-proposed' && target === parked[0],
    );
    const approved = entries.find(
      ({ action, target }) => action === 'correction-approved' && target === parked[0],
    );
    expect([proposed?.by, approved?.by]).toEqual([claimsOf(tokens.ada).sub, claimsOf(tokens.bob).sub]);
    await waitFor(
      'the approval on the security topic',
      async () =>
        (await topicRecords(mesh.brokers, 'system-events-security')).find(
          ({ headers }) => String(headers['ce_id']) === approved?.auditId,
        ),
      WITHIN,
    );
  });
});

describe('the command line', () => {
  it('says what is wrong with it, and how it ended', async () => {
    expect(await cli('--help')).toMatchObject({ code: 0, out: expect.stringContaining('dry-run') });
    expect(await cli('fly')).toMatchObject({ code: 2, err: expect.stringContaining('no command "fly"') });
    expect(await cli('redrive', '--all')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--reason'),
    });
    expect(await cli('show', 'nobody~x~0~1')).toMatchObject({ code: 1, err: expect.stringContaining('404') });
    expect(await cli('list', '--older-than', 'soon')).toMatchObject({
      code: 1,
      err: expect.stringContaining('olderThan'),
    });
    expect(await cli('audit')).toMatchObject({
      code: 0,
      out: expect.stringContaining('correction-approved'),
    });
  });
});

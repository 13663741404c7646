import { randomUUID } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { deskApi } from '../../functions/mesh/dead-letters/desk-api.ts';
import { takeJob } from '../../functions/mesh/dead-letters/job-store.ts';
import { liftHold, liftMarker } from '../../functions/mesh/dead-letters/key-holds.ts';
import { markRedriven } from '../../functions/mesh/dead-letters/mark-letters.ts';
import { findLetter, queueOf } from '../../functions/mesh/dead-letters/read-letters.ts';
import { runJob } from '../../functions/mesh/dead-letters/run-job.ts';
import { order, OrderCreated, OrderItemAdded } from '../../functions/order/events.ts';
import { orderSummary } from '../../functions/order/projections/order-summary.ts';
import { consumerKeyOf, markerKey } from '../../shared/consume/dynamo-dead-letters.ts';
import { systemClock, type Clock } from '../../shared/define/clock.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import type { HttpHandler } from '../../shared/http/api.ts';
import { dynamoOnce } from '../../shared/once/once.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { httpEvent } from '../../shared/testing/http-event.ts';
import { lambdaContext } from '../../shared/testing/lambda-context.ts';
import { base64, mskRecord } from '../../shared/testing/msk-event.ts';
import { deskWorld, type DeskWorld } from './desk/desk-world.ts';
import { engineClient } from './desk/operate-desk.ts';

const DESK = '/ops/dead-letters';
const ORDER = 'ada.019ca000-0000-7000-8000-000000000001';
const line = { sku: 'sku-1', quantity: 2, unitPrice: { amount: 100, currency: 'EUR' } };
const created = envelopeOf(OrderCreated.of({ customerId: 'ada', currency: 'EUR' }), { aggregateId: ORDER });
const added = (sequence: number): EventEnvelope =>
  envelopeOf(OrderItemAdded.of({ line }), { aggregateId: ORDER, sequence });
const spoilt = { ...added(2), payload: { line: { ...line, quantity: -1 } } };
const id = (offset: number): string => `${orderSummary.name}~${order.topic}~0~${offset}`;

let world: DeskWorld;
let handler: HttpHandler;
let started: string[];
beforeEach(async () => {
  const client = engineClient();
  world = await deskWorld(client, { projection: orderSummary });
  started = [];
  handler = deskApi({
    table: world.table,
    ask: world.ask,
    startWorker: async (jobId) => void started.push(jobId),
    once: dynamoOnce(client, await createTable(client, 'id'), 1),
  });
  // A good event, a spoilt one, and one that waits behind it.
  await world.deliver(
    [created, spoilt, added(3)].map((event, offset) => mskRecord(order, event, { offset })),
  );
});

const ask = async (
  method: 'GET' | 'POST',
  path: string,
  {
    as = 'ada',
    body,
    query = '',
    key = randomUUID(),
  }: { as?: string; body?: unknown; query?: string; key?: string } = {},
) => {
  const event = httpEvent(method, path, { body, query, headers: { 'idempotency-key': key } });
  event.requestContext.authorizer.jwt.claims = { sub: as };
  const answer = await handler(event, lambdaContext());
  // Problem or answer: always an object.
  return { status: answer.statusCode, json: JSON.parse(answer.body ?? 'null') as Record<string, unknown> };
};
const letter = (offset: number, what = ''): string => `${DESK}/letters/${id(offset)}${what}`;
const runAll = async (): Promise<void> => {
  for (const jobId of started.splice(0)) await runJob(world.means, jobId);
};
const audited = async (): Promise<unknown[]> => {
  const { json } = await ask('GET', '/ops/audit');
  return (json['entries'] as { action: string; by: string; target: string }[])
    .map(({ action, by, target }) => [action, by, target])
    .reverse();
};

describe('looking at dead letters', () => {
  it('lists them, oldest first and page by page', async () => {
    const all = await ask('GET', DESK);
    expect(all).toMatchObject({
      status: 200,
      json: {
        letters: [
          { letterId: id(1), status: 'parked', key: 'ada', cause: { code: 'schema-violation' }, attempts: 1 },
          { letterId: id(2), status: 'parked', key: 'ada', cause: { code: 'behind' }, attempts: 0 },
        ],
      },
    });
    const first = await ask('GET', DESK, { query: 'limit=1' });
    const second = await ask('GET', DESK, { query: `limit=1&after=${String(first.json['next'])}` });
    const pages = [first, second].flatMap(({ json }) => json['letters'] as { letterId: string }[]);
    expect(pages.map(({ letterId }) => letterId).toSorted()).toEqual([id(1), id(2)]);
    expect(second.json['next']).toBeUndefined();
  });

  it.each([
    ['consumer=order.order-summary&code=behind', 1],
    ['consumer=nobody', 0],
    ['key=ada&topic=business-events-orders', 2],
    ['newerThan=1h&consumer=order.order-summary', 2],
    ['olderThan=1h', 0],
    ['status=refused', 0],
  ])('filters: %s', async (query, count) => {
    const { json } = await ask('GET', DESK, { query });
    expect(json['letters']).toHaveLength(count);
  });

  it.each([
    ['olderThan=soon', 'olderThan'],
    ['colour=red', 'colour'],
    ['limit=0', 'limit'],
    ['after=nonsense', 'after'],
  ])('says which part of a filter does not parse: %s', async (query, path) => {
    const { status, json } = await ask('GET', DESK, { query });
    expect({ status, json }).toMatchObject({ status: 400, json: { errors: [{ path }] } });
  });

  it('groups them by cause', async () => {
    const { json } = await ask('GET', `${DESK}/groups`);
    expect(json).toMatchObject({ letters: 2, complete: true });
    expect(json['groups']).toHaveLength(2);
  });

  it('shows one whole: what it decodes to or why not, its place and its history', async () => {
    expect(await ask('GET', letter(1))).toMatchObject({
      status: 200,
      json: {
        record: { value: Buffer.from(JSON.stringify(spoilt)).toString('base64') },
        decoded: { error: { code: 'schema-violation' } },
        cause: { stack: expect.any(String) },
        place: { number: 1, of: 2, head: id(1) },
        history: [],
      },
    });
    expect((await ask('GET', letter(2))).json).toMatchObject({
      decoded: { event: { eventId: added(3).eventId } },
      place: { number: 2, of: 2, head: id(1) },
    });
    expect((await ask('GET', letter(99))).status).toBe(404);
  });

  it('rehearses a redrive and leaves everything as it is', async () => {
    const { status, json } = await ask('GET', `${DESK}/dry-run`, { query: 'all=true' });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: {
        predictions: [
          { letterId: id(1), result: 'failed', cause: { code: 'schema-violation' } },
          { letterId: id(2), result: 'held' },
        ],
      },
    });
    expect((await ask('GET', `${DESK}/dry-run`)).json).toMatchObject({ errors: [{ path: 'letter' }] });
    expect(await audited()).toEqual([]);
  });
});

describe('a correction', () => {
  const propose = (as = 'ada', value: unknown = added(2)) =>
    ask('POST', letter(1, '/corrections'), { as, body: { value, reason: 'quantity was negated upstream' } });
  const approve = (as: string, sha256: unknown) =>
    ask('POST', letter(1, '/approvals'), { as, body: { sha256 } });

  it('is used once a second person approved it; the original is kept with its hash', async () => {
    const { status, json } = await propose();
    expect({ status, json }).toMatchObject({
      status: 202,
      json: { by: 'ada', originalSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const unapproved = await ask('GET', `${DESK}/dry-run`, { query: 'all=true' });
    expect(unapproved.json['predictions']).toMatchObject([{ result: 'failed' }, { result: 'held' }]);

    expect(await approve('ada', json['sha256'])).toMatchObject({
      status: 409,
      json: { code: 'same-person' },
    });
    expect(await approve('bob', '0'.repeat(64))).toMatchObject({
      status: 409,
      json: { code: 'no-such-correction' },
    });
    expect(await approve('bob', json['sha256'])).toMatchObject({ status: 202, json: { approvedBy: 'bob' } });
    expect(await approve('bob', json['sha256'])).toMatchObject({
      status: 409,
      json: { code: 'approved-already' },
    });

    const rehearsed = await ask('GET', `${DESK}/dry-run`, { query: 'all=true' });
    expect(rehearsed.json['predictions']).toMatchObject([
      { result: 'applied', writes: [{ kind: 'document' }] },
      { result: 'applied', writes: [{ kind: 'document' }] },
    ]);
    await ask('POST', `${DESK}/redrives`, { body: { all: true, reason: 'corrected' } });
    await runAll();
    expect(await world.document('ada', ORDER)).toMatchObject({ lines: [line, line] });
    const shown = await ask('GET', letter(1));
    expect(shown.json).toMatchObject({
      status: 'redriven',
      record: {
        value: Buffer.from(JSON.stringify(spoilt)).toString('base64'),
        sha256: json['originalSha256'],
      },
      correction: {
        by: 'ada',
        approvedBy: 'bob',
        value: Buffer.from(JSON.stringify(added(2))).toString('base64'),
      },
      history: [
        { action: 'corrected', by: 'ada', reason: 'quantity was negated upstream' },
        { action: 'approved', by: 'bob' },
        { action: 'redriven', by: 'ada', result: 'applied', sha256: json['sha256'] },
      ],
    });
  });

  it('is used again when the record comes again, as after a group was set back: nothing passes it meanwhile', async () => {
    const { json } = await propose();
    await approve('bob', json['sha256']);
    await ask('POST', `${DESK}/redrives`, { body: { all: true, reason: 'corrected' } });
    await runAll();
    expect((await ask('GET', DESK)).json['letters']).toEqual([]);

    await world.deliver(
      [created, spoilt, added(3), added(4)].map((event, offset) => mskRecord(order, event, { offset })),
    );
    expect(await world.document('ada', ORDER)).toMatchObject({ lines: [line, line] });
    expect((await ask('GET', DESK)).json['letters']).toMatchObject([
      { letterId: id(1), status: 'parked', cause: { code: 'schema-violation' }, attempts: 2 },
      { letterId: id(2), status: 'parked', cause: { code: 'behind' } },
      { letterId: id(3), status: 'parked', cause: { code: 'behind' } },
    ]);

    await ask('POST', `${DESK}/redrives`, { body: { all: true, reason: 'once more' } });
    await runAll();
    expect(await world.document('ada', ORDER)).toMatchObject({ lines: [line, line, line] });
    expect((await ask('GET', DESK)).json['letters']).toEqual([]);
    expect((await ask('GET', letter(1))).json['history']).toMatchObject([
      { action: 'corrected' },
      { action: 'approved' },
      { action: 'redriven', result: 'applied' },
      { action: 'redriven', result: 'duplicate', sha256: json['sha256'] },
    ]);
  });

  it.each([
    ['breaks its schema', spoilt, 'value.line.quantity'],
    ['is no event', 'hello', 'value'],
    ['is another event', { ...added(2), sequence: 7 }, 'value.sequence'],
  ])('that %s is refused', async (_what, value, path) => {
    expect(await propose('ada', value)).toMatchObject({ status: 400, json: { errors: [{ path }] } });
    expect((await findLetter(world.table, id(1)))?.correction).toBeUndefined();
  });
});

describe('a redrive', () => {
  it('fails where the record still fails, and says so; nothing is lost', async () => {
    const { json } = await ask('POST', `${DESK}/redrives`, { body: { all: true, reason: 'try again' } });
    expect(json).toMatchObject({ state: 'queued', requestedBy: 'ada' });
    await runAll();
    expect((await ask('GET', `${DESK}/redrives/${String(json['jobId'])}`)).json).toMatchObject({
      state: 'done',
      results: { failed: 1 },
      stoppedKeys: 1,
      stops: [{ letterId: id(1), code: 'schema-violation' }],
    });
    expect((await ask('GET', letter(1))).json).toMatchObject({
      status: 'parked',
      attempts: 2,
      history: [{ action: 'redrive-failed', job: json['jobId'] }],
    });
    expect((await ask('GET', `${DESK}/redrives`)).json['redrives']).toHaveLength(1);
  });

  it.each<[object, number, string]>([
    [{ reason: 'x' }, 400, 'schema-violation'],
    [{ all: true }, 400, 'schema-violation'],
    [{ all: true, letter: id(1), reason: 'x' }, 400, 'schema-violation'],
    [{ filter: {}, reason: 'x' }, 400, 'schema-violation'],
    [{ filter: { olderThan: 'soon' }, reason: 'x' }, 400, 'schema-violation'],
    [{ all: true, rate: 0, reason: 'x' }, 400, 'schema-violation'],
    [{ letter: id(99), reason: 'x' }, 404, 'unknown-letter'],
    [{ letter: id(2), reason: 'x' }, 409, 'not-the-head'],
    [{ filter: { consumer: orderSummary.name, key: 'bob' }, reason: 'x' }, 404, 'nothing-parked'],
  ])('refuses %j', async (body, status, code) => {
    expect(await ask('POST', `${DESK}/redrives`, { body })).toMatchObject({ status, json: { code } });
    expect(started).toEqual([]);
    expect(await audited()).toEqual([]);
  });

  it('asked for twice under one Idempotency-Key is one redrive', async () => {
    const body = { all: true, reason: 'x' };
    const first = await ask('POST', `${DESK}/redrives`, { body, key: 'k' });
    const second = await ask('POST', `${DESK}/redrives`, { body, key: 'k' });
    expect(second.json).toEqual(first.json);
    expect(started).toHaveLength(1);
  });

  it('is no other worker’s while its own waits for the slowest of consumers', async () => {
    await ask('POST', `${DESK}/redrives`, { body: { all: true, reason: 'x' } });
    const [jobId = ''] = started;
    const later: Clock = { ...systemClock, now: () => new Date(Date.now() + 120_000) };
    const taken: unknown[] = [];
    const patient: typeof world.ask = async (...question) => {
      taken.push(await takeJob({ ...world.table, clock: later }, jobId, 'another'));
      return world.ask(...question);
    };
    expect(await runJob({ ...world.means, ask: patient }, jobId)).toBe('ended');
    expect(taken).toEqual([undefined]);
  });

  it('is cancelled before its worker begins; over, it can be neither cancelled nor resumed', async () => {
    const { json } = await ask('POST', `${DESK}/redrives`, { body: { all: true, reason: 'x' } });
    const path = `${DESK}/redrives/${String(json['jobId'])}`;
    expect((await ask('POST', `${path}/cancel`, { as: 'bob' })).status).toBe(202);
    await runAll();
    expect((await ask('GET', path)).json).toMatchObject({
      state: 'cancelled',
      cancelledBy: 'bob',
      results: {},
    });
    expect(await ask('POST', `${path}/cancel`)).toMatchObject({
      status: 409,
      json: { code: 'redrive-over' },
    });
    expect(await ask('POST', `${path}/resume`)).toMatchObject({
      status: 409,
      json: { code: 'redrive-over' },
    });
    expect(await ask('POST', `${DESK}/redrives/nobody/cancel`)).toMatchObject({ status: 404 });
    expect((await ask('GET', letter(1))).json).toMatchObject({ status: 'parked', attempts: 1 });
  });
});

describe('discarding', () => {
  it('moves the next letter up, and frees the key with the last', async () => {
    const reason = 'the order was entered again';
    const first = await ask('POST', letter(1, '/discards'), { body: { reason } });
    expect(first).toMatchObject({ status: 202, json: { head: id(2), released: false } });
    const last = await ask('POST', letter(2, '/discards'), { as: 'bob', body: { reason } });
    expect(last).toMatchObject({ status: 202, json: { head: null, released: true } });
    expect((await ask('GET', DESK)).json['letters']).toEqual([]);
    expect((await ask('GET', letter(1))).json).toMatchObject({
      status: 'discarded',
      history: [{ action: 'discarded', by: 'ada', reason }],
    });
    expect((await findLetter(world.table, id(1))) as unknown).toMatchObject({
      expiresAt: expect.any(Number),
    });

    expect(await ask('POST', letter(1, '/discards'), { body: { reason } })).toMatchObject({
      status: 409,
      json: { code: 'letter-settled', detail: expect.stringContaining('by ada') },
    });
    expect(await ask('POST', letter(1, '/discards'), { body: {} })).toMatchObject({ status: 400 });
    expect(await ask('POST', letter(99, '/discards'), { body: { reason } })).toMatchObject({ status: 404 });
    expect(await ask('POST', `${DESK}/redrives`, { body: { letter: id(1), reason } })).toMatchObject({
      status: 409,
      json: { code: 'letter-settled' },
    });
  });
});

describe('the marker that a consumer may have holds', () => {
  const marker = async (): Promise<unknown> => {
    const Key = marshall(markerKey(orderSummary.name));
    const { tableName: TableName } = world.table;
    return (await engineClient().send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
  };
  /** The table through a client that says what it is asked, and whose index has not heard of anything yet. */
  const watched = (asked: string[], meanwhile: () => Promise<void> = async () => undefined) => {
    const client = engineClient();
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          asked.push(commandName);
          const late = 'IndexName' in args.input && args.input.IndexName === 'for-review';
          const answer = await next(args);
          if (commandName === 'QueryCommand' && !late) await meanwhile();
          return late ? { ...answer, output: { ...answer.output, Items: [] } } : answer;
        },
      { step: 'initialize', name: 'watch' },
    );
    return { ...world.table, client };
  };
  const release = async (aggregate: string): Promise<boolean> => {
    const consumerKey = consumerKeyOf(orderSummary.name, base64(aggregate));
    for (const each of await queueOf(world.table, consumerKey))
      await markRedriven(world.table, each, { result: 'applied' }, { job: 'a-job', by: 'ada' });
    return liftHold(world.table, consumerKey);
  };
  const park = async (customer: string, offset: number): Promise<void> => {
    const event = { ...spoilt, aggregateId: ORDER.replace('ada', customer) };
    await world.deliver([mskRecord(order, event, { offset })]);
  };

  it('is lifted by a look at what is held, however many letters the table keeps', async () => {
    expect(await release('ada')).toBe(true);
    const asked: string[] = [];
    expect(await liftMarker(watched(asked), orderSummary.name)).toBe(true);
    expect(await marker()).toBeUndefined();
    expect(asked).not.toContain('ScanCommand');
  });

  it('stays while any key is held, also one that no index tells of yet', async () => {
    await park('bob', 7);
    expect(await release('ada')).toBe(true);
    expect(await liftMarker(watched([]), orderSummary.name)).toBe(false);
    expect(await marker()).toBeDefined();
    expect(await release('bob')).toBe(true);
    expect(await liftMarker(watched([]), orderSummary.name)).toBe(true);
  });

  it('stays when a key is parked between the look and the lifting', async () => {
    expect(await release('ada')).toBe(true);
    let parked = false;
    const meanwhile = async (): Promise<void> => {
      if (!parked) await park('bob', 7);
      parked = true;
    };
    expect(await liftMarker(watched([], meanwhile), orderSummary.name)).toBe(false);
    expect(await marker()).toBeDefined();
  });
});

it('every action is in the audit trail, in order: who, what and to what (SEC-03, SEC-09)', async () => {
  const { json } = await ask('POST', letter(1, '/corrections'), { body: { value: added(2), reason: 'r' } });
  await ask('POST', letter(1, '/approvals'), { as: 'bob', body: { sha256: json['sha256'] } });
  const redrive = await ask('POST', `${DESK}/redrives`, { body: { letter: id(1), reason: 'r' } });
  const jobId = redrive.json['jobId'];
  await runAll();
  await ask('POST', letter(2, '/discards'), { as: 'bob', body: { reason: 'r' } });
  expect(await audited()).toEqual([
    ['correction-proposed', 'ada', id(1)],
    ['correction-approved', 'bob', id(1)],
    ['redrive-requested', 'ada', jobId],
    ['redrive-ended', 'ada', jobId],
    ['letter-discarded', 'bob', id(2)],
  ]);
  const page = await ask('GET', '/ops/audit', { query: 'limit=2' });
  const rest = await ask('GET', '/ops/audit', {
    query: `limit=5&after=${encodeURIComponent(String(page.json['next']))}`,
  });
  expect(rest.json['entries']).toHaveLength(3);
});

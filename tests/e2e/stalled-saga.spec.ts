import { randomUUID } from 'node:crypto';
import { ListStateMachinesCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import { charges } from '../../local/scenarios/money.ts';
import { line, openShop, type Shop } from '../../local/scenarios/shop.ts';
import { callApi, expectProblem, type ApiAnswer } from './mesh-access/call-api.ts';
import { gatewayFails } from './mesh-access/gateway-trouble.ts';
import { unknownOrder } from './mesh-access/routes.ts';

const DEADLINE_MS = 120_000;
const PATIENCE = { deadlineMs: DEADLINE_MS, everyMs: 200, upToMs: 2_000 };
const PRICE = 1_990;
const STOCK = 10;

const mesh = inject('mesh');
let shop: Shop;
let call: ReturnType<typeof callApi>;

beforeAll(async () => {
  const token = await mintToken(mesh);
  shop = openShop(mesh, token, DEADLINE_MS);
  call = callApi(mesh.api, token);
});
afterEach(() => gatewayFails(mesh, false));

const resume = (orderId: string): Promise<ApiAnswer> =>
  call({ method: 'POST', path: `/ops/sagas/${orderId}/resume`, body: {} });

const StalledSagas = z.object({ items: z.array(z.looseObject({ orderId: z.string() })) });

const listed = async (orderId: string) => {
  const { body } = await shop.get('/ops/sagas?limit=100');
  return StalledSagas.parse(body).items.find((saga) => saga.orderId === orderId);
};

/** Places an order that the carrier never answers, and waits until its saga has paid and waits for the carrier. */
const waitingForTheCarrier = async (sku: string): Promise<string> => {
  const orderId = await shop.place({ lines: [line(sku, 1, PRICE)], postcode: 'SILENT' });
  await waitFor(
    `${orderId} waiting for the carrier`,
    async () => {
      expect((await shop.get(`/orders/${orderId}/saga`)).body).toMatchObject({
        currentStep: 'ArrangeDelivery',
      });
      return true;
    },
    PATIENCE,
  );
  return orderId;
};

const stocked = async (): Promise<string> => {
  const sku = `sku-${randomUUID().slice(0, 8)}`;
  await shop.receive(sku, STOCK);
  return sku;
};

const sagaIs = (orderId: string, fields: object): Promise<true> =>
  waitFor(
    `the saga of ${orderId} ${JSON.stringify(fields)}`,
    async () => {
      expect((await shop.get(`/orders/${orderId}/saga`)).body).toMatchObject(fields);
      return true as const;
    },
    PATIENCE,
  );

/** Promise 9: what was taken is back. */
const expectWhole = async (orderId: string, sku: string): Promise<void> => {
  expect(await shop.final(orderId)).toMatchObject({ status: 'cancelled' });
  await shop.availability(sku, (stock) => stock.onHand === STOCK && stock.reserved === 0);
  const [charge, ...others] = (await charges(mesh)).filter(({ reference }) => reference === orderId);
  expect(others).toEqual([]);
  expect(charge).toMatchObject({ captured: PRICE, refunded: PRICE });
};

describe('a saga that stalls (SAG-07, promise 9)', () => {
  it(
    'because its refund failed is found, shown, resumed, and ends whole',
    async () => {
      const sku = await stocked();
      // Enough good calls that five failures are less than half: the circuit stays closed, and the refund fails.
      const other = await stocked();
      for (let i = 0; i < 6; i += 1) await shop.final(await shop.place({ lines: [line(other, 1)] }));

      const orderId = await waitingForTheCarrier(sku);
      expectProblem(await resume(orderId), { status: 409, code: 'saga-running' });
      await gatewayFails(mesh, true);
      await sagaIs(orderId, { status: 'stuck' });

      const found = await waitFor(`${orderId} on the list`, () => listed(orderId), PATIENCE);
      expect(found).toMatchObject({
        kind: 'stuck',
        execution: orderId,
        since: expect.stringMatching(/Z$/),
        advice: expect.stringContaining('resume'),
        record: { sagaId: orderId, status: 'stuck', metadata: { executions: [orderId] } },
      });

      await gatewayFails(mesh, false);
      const execution = `${orderId}-2`;
      expect(await resume(orderId)).toMatchObject({
        status: 202,
        body: { orderId, how: 'taken-back', execution },
      });
      await sagaIs(orderId, { status: 'compensated', metadata: { executions: [orderId, execution] } });
      await expectWhole(orderId, sku);
      expect(await listed(orderId)).toBeUndefined();
      expectProblem(await resume(orderId), { status: 409, code: 'saga-ended' });
    },
    3 * DEADLINE_MS,
  );

  it(
    'because somebody stopped it goes on where it was, and ends whole',
    async () => {
      const sku = await stocked();
      const orderId = await waitingForTheCarrier(sku);
      const client = new SFNClient({
        endpoint: mesh.aws,
        region: mesh.region,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
      const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
      const [machine] = stateMachines.flatMap(({ stateMachineArn }) => stateMachineArn ?? []);
      const executionArn = `${String(machine).replace(':stateMachine:', ':execution:')}:${orderId}`;
      await client.send(new StopExecutionCommand({ executionArn }));
      await sagaIs(orderId, { status: 'aborted' });
      expect(await waitFor(`${orderId} on the list`, () => listed(orderId), PATIENCE)).toMatchObject({
        kind: 'aborted',
      });

      expect(await resume(orderId)).toMatchObject({ status: 202, body: { how: 'gone-on' } });
      await sagaIs(orderId, { status: 'compensated' });
      await expectWhole(orderId, sku);
    },
    3 * DEADLINE_MS,
  );
});

describe('a resume that makes no sense is refused', () => {
  it('of an order that nobody knows', async () => {
    expectProblem(await resume(unknownOrder), { status: 404, code: 'saga-unknown' });
    expectProblem(await resume('no-order-id'), { status: 404, code: 'saga-unknown' });
  });

  it('of a saga that has ended', async () => {
    const orderId = await shop.place({ lines: [line(await stocked(), 1)] });
    await shop.sagaEnd(orderId);
    expectProblem(await resume(orderId), { status: 409, code: 'saga-ended' });
  });

  it('of a list that is asked for wrongly', async () => {
    expectProblem(await call({ method: 'GET', path: '/ops/sagas?limit=0' }), {
      status: 400,
      code: 'schema-violation',
      paths: ['limit'],
    });
  });
});

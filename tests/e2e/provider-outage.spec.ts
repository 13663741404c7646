import { randomUUID } from 'node:crypto';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import { charges } from '../../local/scenarios/money.ts';
import { line, openShop } from '../../local/scenarios/shop.ts';
import { dynamoCircuitMemory } from '../../shared/call/dynamo-circuit-memory.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { gatewayFails } from './mesh-access/gateway-trouble.ts';

const DEADLINE_MS = 90_000;
const PATIENCE = { deadlineMs: DEADLINE_MS, everyMs: 200, upToMs: 1_000 };
const PRICE = 1_990;

const mesh = inject('mesh');

afterEach(() => gatewayFails(mesh, false));

/** Whether the gateway's circuit is closed, by what all instances of the payment steps remember. */
const circuitIsClosed = async (): Promise<boolean> => {
  const lambda = new LambdaClient({
    endpoint: mesh.aws,
    region: mesh.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const FunctionName = `event-mesh-${mesh.stage}-payment-saga-tasks`;
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const table = Environment?.Variables?.['CIRCUITS_TABLE'] ?? '';
  const memory = dynamoCircuitMemory(dynamoClient(mesh.aws), table, 'payment-gateway');
  return (await memory.load())?.record.opened === undefined;
};

it(
  'while the gateway is down its circuit opens; orders wait, burn no attempt and are confirmed when it is back (CON-12)',
  async () => {
    const shop = openShop(mesh, await mintToken(mesh), DEADLINE_MS);
    const sku = `sku-${randomUUID().slice(0, 8)}`;
    await shop.receive(sku, 100);
    const place = (n: number): Promise<string[]> =>
      Promise.all(Array.from({ length: n }, () => shop.place({ lines: [line(sku, 1, PRICE)] })));

    await gatewayFails(mesh, true);
    // Those that find it out are cancelled, and whole; how many that takes depends on the calls before.
    const burnt: string[] = [];
    await waitFor(
      'an open circuit',
      async () => {
        burnt.push(...(await place(2)));
        return (await circuitIsClosed()) ? undefined : true;
      },
      { ...PATIENCE, everyMs: 3_000, upToMs: 3_000 },
    );
    const waiting = await place(3);
    for (const orderId of waiting) {
      await waitFor(
        `${orderId} waiting for the gateway`,
        async () => {
          const { body } = await shop.get(`/orders/${orderId}/saga`);
          expect(body).toMatchObject({
            status: 'running',
            steps: [{}, { stepId: 'ProcessPayment', status: 'waiting' }, {}, {}],
          });
          return true;
        },
        PATIENCE,
      );
    }
    await gatewayFails(mesh, false);
    for (const orderId of waiting) {
      expect(await shop.final(orderId)).toMatchObject({ status: 'confirmed' });
    }

    // With two more probes that pass, the circuit closes.
    const more = await place(2);
    for (const orderId of more) expect(await shop.final(orderId)).toMatchObject({ status: 'confirmed' });
    await waitFor('a closed circuit', async () => ((await circuitIsClosed()) ? true : undefined), PATIENCE);

    const orderIds = [...waiting, ...more];
    const captured = (await charges(mesh)).filter(({ reference }) => orderIds.includes(reference));
    expect(captured.map(({ reference }) => reference).toSorted()).toEqual(orderIds.toSorted());
    const late = await Promise.all(burnt.map((orderId) => shop.final(orderId)));
    const confirmed = orderIds.length + late.filter(({ status }) => status === 'confirmed').length;
    await shop.availability(sku, ({ onHand, reserved }) => onHand === 100 && reserved === confirmed);
  },
  2 * DEADLINE_MS,
);

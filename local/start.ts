import { parseArgs } from 'node:util';
import { Locked } from './lock.ts';
import { playFirstOrders } from './first-orders.ts';
import { startMesh, type Mesh } from './mesh.ts';
import { DEFAULT_INSTANCE, readEndpoints, type Endpoints } from './mesh/endpoints.ts';
import { mintToken } from './mesh/identity.ts';
import { createProgress } from './setup/progress.mjs';
import { stopOnSignal } from './stop-on-signal.ts';

const USAGE = 'usage: npm start -- [--kafka-port N] [--aws-port N] [--instance name] [--no-orders]';

function instructions({ api, brokers, aws, logs, instance, providers }: Endpoints): string {
  const token = `npm run -s token${instance === DEFAULT_INSTANCE ? '' : ` -- ${instance}`}`;
  return `
The mesh is up.
  API         ${api}
  Kafka       ${brokers.join(',')}
  AWS         ${aws}
  providers   ${providers.paymentGateway}/charges · ${providers.carrier}/bookings
  mails sent  ${aws}/_ministack/ses/messages
  logs        ${logs}
  token       ${token}

Try:
  curl -s "${api}/inventory/sku-first-light" -H "authorization: Bearer $(${token})"

Ctrl-C stops everything.
`;
}

function port(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new TypeError(`--${option}: ${value} is not a port`);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      'kafka-port': { type: 'string' },
      'aws-port': { type: 'string' },
      instance: { type: 'string', default: DEFAULT_INSTANCE },
      'no-orders': { type: 'boolean', default: false },
    },
  });
  if (!/^[a-z][a-z0-9-]*$/.test(values.instance))
    throw new TypeError(`--instance: ${values.instance} is no name`);
  return {
    instance: values.instance,
    ports: { kafka: port(values['kafka-port'], 'kafka-port'), aws: port(values['aws-port'], 'aws-port') },
    playOrders: !values['no-orders'],
  };
}

function explain(error: unknown, instance: string): string {
  if (!(error instanceof Locked)) return error instanceof Error ? error.message : String(error);
  const running = readEndpoints(instance);
  const where = running === undefined ? 'it is still starting' : `its API is ${running.api}`;
  return (
    `The mesh is already running (process ${String(error.pid)}; ${where}).\n` +
    '  what to do: use it, or stop it with Ctrl-C where it runs; another one beside it: npm start -- --instance second'
  );
}

async function run({ instance, ports, playOrders }: ReturnType<typeof readArguments>): Promise<void> {
  const progress = createProgress();
  const stop = stopOnSignal();
  const crash = Promise.withResolvers<Error>();
  let mesh: Mesh | undefined;
  try {
    mesh = await startMesh({
      instance,
      ports,
      signal: stop.signal,
      onProgress: ({ name, state, detail }) => {
        progress[state](name, detail);
      },
      onRestart: (what) => {
        progress.line(`! ${what}`);
      },
      onCrash: crash.resolve,
    });
    console.log(instructions(mesh.endpoints));
    if (playOrders) await Promise.race([playAndTell(mesh.endpoints), stop.asked, crash.promise]);
    const failure = await Promise.race([stop.asked, crash.promise]);
    if (failure instanceof Error) throw failure;
  } catch (error) {
    if (!stop.signal.aborted) {
      progress.line(explain(error, instance));
      process.exitCode = 1;
    }
  }
  if (mesh === undefined) return;
  progress.start('stop');
  await mesh.stop();
  progress.done('stop');
}

/** A mesh that takes no orders is still there to be looked into: the failure is told, and it stays up. */
async function playAndTell(endpoints: Endpoints): Promise<void> {
  try {
    const token = await mintToken(endpoints);
    await playFirstOrders(endpoints, token, ({ orderId, status, tookMs }) => {
      console.log(`order ${orderId} ${status} after ${(tookMs / 1000).toFixed(2)} s`);
    });
  } catch (error) {
    console.error(
      `✗ the first orders did not go through: ${error instanceof Error ? error.message : String(error)}\n` +
        `  what to do: look into ${endpoints.logs} (ministack.log has what the functions logged); the mesh stays up`,
    );
  }
}

try {
  await run(readArguments());
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
// Idle keep-alive connections of fetch would hold the process for some more seconds.
process.exit();

import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './engines/loopback-port.ts';
import { startKafka } from './engines/kafka.ts';
import { AWS_REGION, startMinistack } from './engines/ministack.ts';
import { takeLock } from './lock.ts';
import { createTopics } from './mesh/create-topics.ts';
import { deploy } from './mesh/deploy.ts';
import { instanceFolder, removeEndpoints, writeEndpoints, type Endpoints } from './mesh/endpoints.ts';
import { createIdentity, tokenSource } from './mesh/identity.ts';
import { startMskPoller } from './mesh/msk-poller.ts';
import { verifySender } from './mesh/verify-sender.ts';
import { workerPids } from './mesh/worker-pids.ts';
import { CARRIER_WEBHOOK_SECRET } from './providers/carrier-webhook.ts';
import { startCarrier } from './providers/carrier.ts';
import { startPaymentGateway } from './providers/payment-gateway.ts';

export type MeshEngine = 'kafka' | 'msk-poller';

export interface MeshStep {
  readonly name: string;
  readonly state: 'start' | 'done' | 'fail';
  readonly detail?: string;
}

export interface MeshOptions {
  readonly instance: string;
  /** Fixed ports; what is not named gets a free one. */
  readonly ports?: {
    readonly kafka?: number | undefined;
    readonly aws?: number | undefined;
    readonly paymentGateway?: number | undefined;
    readonly carrier?: number | undefined;
  };
  readonly onProgress?: (step: MeshStep) => void;
  /** A part died and is being started again, or is ready again after that. */
  readonly onRestart?: (what: string) => void;
  /** A part died that the mesh cannot go on without. The mesh is not stopped by itself. */
  readonly onCrash?: (error: Error) => void;
  /** Gives up a start that is under way; what was started is stopped. */
  readonly signal?: AbortSignal;
}

export interface Mesh {
  readonly endpoints: Endpoints;
  /** Stops every process and removes the data; the logs stay. Idempotent. */
  readonly stop: () => Promise<void>;
  /** `kill -9`; it stays down until `restart`. */
  readonly kill: (engine: MeshEngine) => Promise<void>;
  readonly restart: (engine: MeshEngine) => Promise<void>;
  /** The emulator's Node processes of a function, by its short name in functions.yml. */
  readonly workerPids: (functionName: string) => number[];
}

const SERVICE = 'event-mesh';
const STAGE = 'local';
const MAIL_SENDER = 'orders@example.test';
const CLUSTER_ARN = `arn:aws:kafka:${AWS_REGION}:000000000000:cluster/event-mesh/00000000-0000-4000-8000-000000000000-1`;

/** Steps to undo, run from the last to the first. */
type Undo = (() => Promise<void> | void)[];

async function undoAll(undo: Undo): Promise<void> {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
}

/** Reports a step and lets whatever it made be undone, also when it is still being made. */
function track<T extends { stop: () => Promise<void> }>(making: Promise<T>, undo: Undo): Promise<T> {
  undo.push(async () => {
    const [made] = await Promise.allSettled([making]);
    if (made.status === 'fulfilled') await made.value.stop();
  });
  return making;
}

/**
 * Starts a whole mesh: Kafka with the manifest's topics, the AWS emulator with the project deployed to it,
 * the fake providers, the MSK poller. Writes endpoints.json when everything serves.
 *
 * @throws Locked when the instance is running already; EngineError; DeployFailed
 */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  const { instance, ports = {} } = options;
  // One part that cannot start makes the others' work pointless.
  const giveUp = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal;
  const folder = instanceFolder(instance);
  const logs = join(folder, 'logs');
  const undo: Undo = [];
  undo.push(await takeLock(`${folder}.lock`));

  const step = async <T>(name: string, work: () => Promise<T>, detail?: (made: T) => string): Promise<T> => {
    options.onProgress?.({ name, state: 'start' });
    try {
      const made = await work();
      options.onProgress?.({ name, state: 'done', ...(detail && { detail: detail(made) }) });
      return made;
    } catch (error) {
      // Those that gave up because another part failed are not worth a line.
      if (!signal.aborted) options.onProgress?.({ name, state: 'fail' });
      giveUp.abort(error);
      throw error;
    }
  };

  try {
    // The emulator forgets everything when it ends, so Kafka starts empty too.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(logs, { recursive: true });
    removeEndpoints(instance);
    undo.push(() => {
      rmSync(join(folder, 'kafka'), { recursive: true, force: true });
    });

    const onCrash = options.onCrash;
    const kafkaPort = ports.kafka ?? (await freePort());
    const brokers = [`127.0.0.1:${String(kafkaPort)}`];

    const kafkaUp = step('Kafka', async () => {
      const kafka = await track(startKafka({ folder, port: kafkaPort, onCrash, signal }), undo);
      await createTopics(kafka.brokers);
      return kafka;
    });

    const deployed = (async () => {
      const ministack = await step('AWS emulator', () =>
        track(startMinistack({ folder, port: ports.aws, onCrash, signal }), undo),
      );
      const aws = ministack.endpoint;
      const identity = await createIdentity(aws);
      await verifySender(aws, MAIL_SENDER);
      const paymentGateway = await startPaymentGateway(ports.paymentGateway);
      undo.push(paymentGateway.close);
      const carrier = await startCarrier(ports.carrier);
      undo.push(carrier.close);
      const params = {
        kafkaBrokers: brokers.join(','),
        kafkaAuth: 'none',
        mskClusterArn: CLUSTER_ARN,
        jwtIssuer: identity.issuer,
        jwtAudience: identity.audience,
        paymentGatewayUrl: paymentGateway.url,
        carrierUrl: carrier.url,
        carrierWebhookSecrets: CARRIER_WEBHOOK_SECRET,
        mailSender: MAIL_SENDER,
        webhookMasterSecret: randomBytes(32).toString('base64'),
      };
      const deployment = await step('serverless deploy', () =>
        deploy({ folder, aws, stage: STAGE, params, signal }),
      );
      return { ministack, identity, paymentGateway, carrier, deployment };
    })();

    const [kafka, { ministack, identity, paymentGateway, carrier, deployment }] = await bothOrNeither(
      kafkaUp,
      deployed,
    );
    const aws = ministack.endpoint;
    const poller = await step('MSK poller', () =>
      track(
        startMskPoller({
          folder,
          template: deployment.template,
          brokers,
          aws,
          onRestart: (reason) => options.onRestart?.(`${reason}; starting it again`),
          onReadyAgain: () => {
            publish();
            options.onRestart?.('MSK poller: ready again');
          },
          onCrash: (error) => onCrash?.(error),
          signal,
        }),
        undo,
      ),
    );

    const api = `${aws}/_aws/execute-api/${deployment.apiId}`;
    carrier.configure({
      callbacks: {
        url: `${api}/deliveries/carrier-callbacks`,
        token: tokenSource({ aws, ...identity }),
      },
      webhooks: `${api}/deliveries/carrier-events`,
    });

    const describe = (): Endpoints => ({
      instance,
      api,
      brokers,
      aws,
      region: AWS_REGION,
      stage: STAGE,
      providers: { paymentGateway: paymentGateway.url, carrier: carrier.url },
      ...identity,
      apiId: deployment.apiId,
      logs,
      pids: {
        mesh: process.pid,
        kafka: kafka.pid(),
        ministack: ministack.pid(),
        'msk-poller': poller.pid(),
      },
    });
    const publish = (): void => {
      writeEndpoints(describe());
    };
    publish();
    undo.push(() => {
      removeEndpoints(instance);
    });

    const engines = { kafka, 'msk-poller': poller };
    let stopping: Promise<void> | undefined;
    return {
      endpoints: describe(),
      stop: () => (stopping ??= undoAll(undo)),
      kill: (engine) => engines[engine].kill(),
      async restart(engine) {
        await engines[engine].restart();
        publish();
      },
      workerPids: (functionName) => {
        const emulator = ministack.pid();
        return emulator === undefined ? [] : workerPids(`${SERVICE}-${STAGE}-${functionName}`, emulator);
      },
    };
  } catch (error) {
    await undoAll(undo);
    throw error;
  }
}

/** Both results. When one fails the other is waited for, so that nothing is started after the undoing. */
async function bothOrNeither<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  try {
    return await Promise.all([a, b]);
  } catch (error) {
    await Promise.allSettled([a, b]);
    throw error;
  }
}

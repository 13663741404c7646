import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka as KafkaClient, logLevel } from 'kafkajs';
import { projectPaths } from '../project-paths.ts';
import { startEngine, type Engine, type EngineOptions } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { javaEnvironment, javaLibraries } from './java.ts';
import { claimPort, freePort, LOOPBACK } from './loopback-port.ts';

export interface KafkaOptions extends EngineOptions {
  /** Java heap, MiB. */
  readonly heapMb?: number;
}

export interface Kafka extends Engine {
  /** Bootstrap servers, `host:port`. */
  readonly brokers: readonly string[];
}

const TODO =
  'see the log above; with "out of memory" or "No space left" make room, otherwise start again: ' +
  'the data is thrown away at every start';

/**
 * One broker that is its own controller (KRaft). What differs from MSK on purpose: replication 1, and no
 * waiting where a cluster would wait for other members.
 */
const serverProperties = (port: number, controllerPort: number, dataFolder: string): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${LOOPBACK}:${String(controllerPort)}`,
    listeners: `BROKER://${LOOPBACK}:${String(port)},CONTROLLER://${LOOPBACK}:${String(controllerPort)}`,
    'advertised.listeners': `BROKER://${LOOPBACK}:${String(port)}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataFolder,
    // As on MSK with the mesh's settings: a topic that nobody declared is an error, not a new topic.
    'auto.create.topics.enable': false,
    'offsets.topic.num.partitions': 12,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed registers again only when its old session is over.
    'broker.heartbeat.interval.ms': 500,
    'broker.session.timeout.ms': 3000,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 2,
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    // 300 partitions with two 10 MB index files each would be 6 GB of sparse files.
    'log.index.size.max.bytes': 1024 * 1024,
  })
    .map(([key, value]) => `${key}=${String(value)}`)
    .join('\n') + '\n';

/** A Kafka uuid: 16 bytes, base64url, not beginning with a dash (the tool would take it for an option). */
function clusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

/** True when the broker answers and has itself as a controller. */
async function kafkaAnswers(broker: string): Promise<boolean> {
  const client = new KafkaClient({
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return cluster.brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}

/**
 * Starts a Kafka broker on loopback: topics are not created by themselves, replication is 1. `restart()`
 * comes back on the same port with the same data, also after `kill()`.
 *
 * @throws EngineError
 */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const classpath = javaLibraries('kafka', 'Kafka');
  const port = await claimPort('Kafka', options.port);
  const folder = join(options.folder, 'kafka');
  const config = join(folder, 'server.properties');
  const dataFolder = join(folder, 'data');
  mkdirSync(folder, { recursive: true });
  writeFileSync(config, serverProperties(port, await freePort(), dataFolder));

  const { command, env } = javaEnvironment();
  const logging = [
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  ];
  if (!existsSync(join(dataFolder, 'meta.properties'))) {
    const format = ['-XX:TieredStopAtLevel=1', ...logging, '-cp', classpath, 'kafka.tools.StorageTool'];
    await promisify(execFile)(command, [...format, 'format', '-t', clusterId(), '-c', config], {
      env,
      signal: options.signal,
    }).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EngineError('CRASHED', 'Kafka', `its data folder could not be made: ${reason}`, TODO, {
        cause,
      });
    });
  }

  const broker = `${LOOPBACK}:${String(port)}`;
  const engine = await startEngine({
    name: 'Kafka',
    command,
    args: [`-Xmx${String(options.heapMb ?? 512)}m`, ...logging, '-cp', classpath, 'kafka.Kafka', config],
    cwd: projectPaths.root,
    env,
    logFile: join(options.folder, 'logs', 'kafka.log'),
    ready: () => kafkaAnswers(broker),
    readyWithinMs: 60_000,
    todo: TODO,
    onCrash: options.onCrash,
    signal: options.signal,
  });
  return { ...engine, brokers: [broker] };
}

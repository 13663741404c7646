import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { Kafka as KafkaClient, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EngineError } from '../../local/engines/engine-error.ts';
import { startGuarded } from '../../local/engines/guarded-process.ts';
import { startKafka, type Kafka } from '../../local/engines/kafka.ts';
import { startMinistack } from '../../local/engines/ministack.ts';
import { deploySteeredFunction } from '../../local/engines/testing/steered-function.ts';
import { waitFor } from '../../local/engines/wait-for.ts';
import { workerPids } from '../../local/mesh/worker-pids.ts';

const run = promisify(execFile);
const portOf = (address: string): number => Number(address.split(':').at(-1));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engines-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The processes of a group that still run. */
async function groupMembers(group: number): Promise<string[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=,stat=,args=']);
  // Zombies are dead; whoever inherits them has yet to notice.
  return stdout.split('\n').filter((line) => new RegExp(`^\\s*${group}\\s+[^Z]`).test(line));
}

const groupGone = (group: number): Promise<true> =>
  waitFor(
    `process group ${group} gone`,
    async () => ((await groupMembers(group)).length === 0 ? true : undefined),
    {
      deadlineMs: 15_000,
    },
  );

describe('a guarded process', () => {
  const stubborn = 'trap "" TERM; sleep 1000 & sleep 1000';

  it('is killed with all it started when it does not stop gently', async () => {
    const child = await startGuarded({
      command: 'sh',
      args: ['-c', stubborn],
      cwd: folder,
      env: process.env,
      logFile: join(folder, 'stubborn.log'),
      graceMs: 100,
    });
    await expect(child.stop()).resolves.toMatchObject({ signal: 'SIGKILL', asked: true });
    await groupGone(child.pid);
  });

  it('says that a command does not exist', async () => {
    const missing = startGuarded({
      command: 'no-such-command',
      args: [],
      cwd: folder,
      env: process.env,
      logFile: join(folder, 'missing.log'),
    });
    await expect(missing).rejects.toThrow('no-such-command');
  });
});

describe('an engine', () => {
  it('leaves no process behind when its parent is killed, not even a Lambda worker', async () => {
    const script = join(import.meta.dirname, '..', '..', 'local', 'engines', 'testing', 'run-ministack.ts');
    const parent = spawn(process.execPath, [script, join(folder, 'orphan')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => createInterface(parent.stdout).once('line', resolve));
    // What run-ministack.ts prints.
    const { pid, endpoint } = JSON.parse(line) as { pid: number; endpoint: string };
    const steered = await deploySteeredFunction(endpoint, () => Promise.resolve('here'));
    await steered.lambda.send(new InvokeCommand({ FunctionName: steered.name }));
    expect(workerPids(steered.name)).toHaveLength(1);

    parent.kill('SIGKILL');

    await groupGone(pid);
    expect(workerPids(steered.name)).toEqual([]);
    steered.close();
  });

  it('names the port that is taken, and what to do', async () => {
    const port = portOf(inject('engines').kafka[0] ?? '');
    const taken = startKafka({ folder: join(folder, 'taken'), port });
    await expect(taken).rejects.toBeInstanceOf(EngineError);
    await expect(taken).rejects.toMatchObject({ code: 'PORT_TAKEN', engine: 'Kafka' });
    await expect(taken).rejects.toThrow(new RegExp(`port ${port} .*taken[^]*what to do: .*another port`));
  });

  it('that dies by itself is reported with its last words', async () => {
    const crash = Promise.withResolvers<EngineError>();
    const engine = await startMinistack({ folder: join(folder, 'crash'), onCrash: crash.resolve });
    process.kill(engine.pid() ?? 0, 'SIGKILL');
    const error = await crash.promise;
    expect(error).toMatchObject({ code: 'CRASHED', engine: 'ministack' });
    expect(error.message).toMatch(/SIGKILL[^]*Ready[^]*what to do/);
    await engine.stop();
  });

  it('that is stopped is not reported', async () => {
    const crashes: EngineError[] = [];
    const engine = await startMinistack({
      folder: join(folder, 'stop'),
      onCrash: (error) => crashes.push(error),
    });
    await engine.stop();
    expect(engine.pid()).toBeUndefined();
    expect(crashes).toEqual([]);
  });

  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);

  it.runIf(outside).each(['kafka', 'dynamodb', 'ministack'] as const)(
    'is not to be reached from outside: %s',
    async (name) => {
      const engine = inject('engines')[name];
      const port = portOf(typeof engine === 'string' ? engine : (engine[0] ?? ''));
      const socket = connect(port, outside?.address ?? '');
      await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    },
  );
});

describe('Kafka', () => {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await startKafka({ folder: join(folder, 'kafka-of-its-own'), heapMb: 256 });
  });
  afterAll(() => kafka.stop());

  const client = (): KafkaClient =>
    new KafkaClient({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING });

  async function readFirst(topic: string): Promise<string | undefined> {
    const consumer = client().consumer({ groupId: `read-${topic}` });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      const first = Promise.withResolvers<string | undefined>();
      await consumer.run({ eachMessage: async ({ message }) => first.resolve(message.value?.toString()) });
      return await first.promise;
    } finally {
      await consumer.disconnect();
    }
  }

  it('killed and started again has the same address and the same records', async () => {
    const producer = client().producer();
    await producer.connect();
    const admin = client().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] });
    await producer.send({ topic: 'kept', acks: -1, messages: [{ value: 'still here' }] });
    await Promise.all([producer.disconnect(), admin.disconnect()]);
    const { brokers } = kafka;

    await kafka.kill();
    await kafka.restart();

    expect(kafka.brokers).toEqual(brokers);
    await expect(readFirst('kept')).resolves.toBe('still here');
  });

  it('makes no topic that nobody declared', async () => {
    const producer = client().producer({ allowAutoTopicCreation: true, retry: { retries: 0 } });
    await producer.connect();
    await expect(producer.send({ topic: 'undeclared', messages: [{ value: 'lost' }] })).rejects.toThrow();
    await producer.disconnect();
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { startKafka } from '../../local/engines/kafka.ts';
import { offsetsByPartition, position, upTo, values } from '../../local/msk-poller/testing/deliveries.ts';
import { eventually } from '../../local/msk-poller/testing/eventually.ts';
import { startLambdaEndpoint, type Answer } from '../../local/msk-poller/testing/lambda-endpoint.ts';
import { ready, startPoller } from '../../local/msk-poller/testing/poller-process.ts';
import { createTopic } from '../../local/msk-poller/testing/topic.ts';

const OK: Answer = { returns: null };
const { kafka: brokers } = inject('engines');

describe('restarts and rebalances', () => {
  it('begins at LATEST once, and from then on misses nothing while it is away', async () => {
    await using topic = await createTopic(brokers, 1);
    await using lambda = await startLambdaEndpoint(() => OK);
    const template = topic.template({ StartingPosition: 'LATEST' });
    await topic.publish([{ partition: 0, value: 'before' }]);
    {
      await using poller = startPoller({ template, brokers, endpoint: lambda.url });
      await ready(poller);
      await eventually(async () => (await topic.committed())[0] === 1, poller.output);
      poller.signal('SIGTERM');
      expect(await poller.exited).toBe(0);
    }
    await topic.publish([{ partition: 0, value: 'meanwhile' }]);
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await eventually(() => lambda.invocations.length === 1, poller.output);
    expect(lambda.invocations[0]?.records.map(({ value }) => atob(value ?? ''))).toEqual(['meanwhile']);
  });

  it('loses nothing to kill -9, and each partition goes on from what was committed', async () => {
    await using topic = await createTopic(brokers, 3);
    await using lambda = await startLambdaEndpoint(async () => {
      await delay(5);
      return OK;
    });
    await topic.publish(upTo(3).flatMap((partition) => values(300, partition)));
    const template = topic.template({ BatchSize: 10 });
    {
      await using poller = startPoller({ template, brokers, endpoint: lambda.url });
      await eventually(() => lambda.invocations.length > 20, poller.output);
      poller.signal('SIGKILL');
      await poller.exited;
    }
    const cut = lambda.invocations.length;
    const committed = await topic.committed();
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await eventually(async () => (await topic.committed()).join() === '300,300,300', poller.output);
    const [before, after] = [lambda.invocations.slice(0, cut), lambda.invocations.slice(cut)].map((part) =>
      offsetsByPartition(part, 3),
    );
    expect(before).toEqual(before?.map((offsets) => upTo(offsets.length)));
    // Everything below the committed offset had been delivered, and everything from it on is delivered now.
    expect(committed.every((from = 0, partition) => from <= (before?.[partition]?.length ?? 0))).toBe(true);
    expect(after).toEqual(committed.map((from = 0) => upTo(300).slice(from)));
  });

  it('lets a running invocation end on SIGTERM and commits it', async () => {
    await using topic = await createTopic(brokers, 1);
    await using lambda = await startLambdaEndpoint(async () => {
      await delay(1_500);
      return OK;
    });
    await using poller = startPoller({
      template: topic.template({ BatchSize: 1 }),
      brokers,
      endpoint: lambda.url,
    });
    await topic.publish(values(5));
    await eventually(() => lambda.invocations.length === 1, poller.output);
    poller.signal('SIGTERM');
    expect(await poller.exited).toBe(0);
    expect(lambda.invocations).toHaveLength(1);
    expect(await topic.committed()).toEqual([1]);
  });

  it('shares a topic with a second poller and takes it over again: partitions that stay are read once, no other skips a record', async () => {
    await using topic = await createTopic(brokers, 6);
    await using lambda = await startLambdaEndpoint(async () => {
      await delay(30);
      return OK;
    });
    const options = { template: topic.template({ BatchSize: 10 }), brokers, endpoint: lambda.url };
    await topic.publish(upTo(6).flatMap((partition) => values(400, partition)));
    await using first = startPoller(options);
    await eventually(() => lambda.invocations.length > 10, first.output);
    const partitionsOf = (poller: typeof first) => poller.status()?.mappings[0]?.partitions ?? [];
    let kept: readonly number[];
    {
      await using second = startPoller(options);
      await eventually(
        () => [first, second].every((poller) => partitionsOf(poller).length === 3),
        first.output,
      );
      kept = partitionsOf(first);
      second.signal('SIGTERM');
      expect(await second.exited).toBe(0);
    }
    await eventually(async () => (await topic.committed()).every((offset) => offset === 400), first.output);
    const delivered = offsetsByPartition(lambda.invocations, 6);
    for (const partition of kept) expect(delivered[partition]).toEqual(upTo(400));
    // A batch in flight while its partition moves may be delivered twice, so the sequence may step back but never ahead.
    for (const offsets of delivered) {
      let next = 0;
      for (const offset of offsets) {
        expect(offset).toBeLessThanOrEqual(next);
        next = Math.max(next, offset + 1);
      }
      expect(next).toBe(400);
    }
  });

  it('delivers when an endpoint that was not there comes up', async () => {
    await using topic = await createTopic(brokers, 1);
    const gone = await startLambdaEndpoint(() => OK);
    await gone[Symbol.asyncDispose]();
    await topic.publish(values(3));
    await using poller = startPoller({ template: topic.template(), brokers, endpoint: gone.url });
    await eventually(() => poller.output().includes('ECONNREFUSED'), poller.output);
    await using lambda = await startLambdaEndpoint(() => OK, gone.port);
    await eventually(async () => (await topic.committed())[0] === 3, poller.output);
    expect(offsetsByPartition(lambda.invocations, 1)).toEqual([upTo(3)]);
  });

  it('recovers by itself when Kafka is killed and comes back', { timeout: 180_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'msk-poller-kafka-'));
    const broker = await startKafka({ folder, heapMb: 256 });
    try {
      await using topic = await createTopic(broker.brokers, 3);
      await using lambda = await startLambdaEndpoint(() => OK);
      await using poller = startPoller({
        template: topic.template(),
        brokers: broker.brokers,
        endpoint: lambda.url,
      });
      await ready(poller);
      await topic.publish(upTo(3).flatMap((partition) => values(50, partition)));
      await eventually(() => lambda.invocations.length > 0, poller.output);
      await broker.kill();
      await broker.restart();
      await topic.publish(upTo(3).flatMap((partition) => values(50, partition)));
      await eventually(async () => (await topic.committed()).join() === '100,100,100', poller.output, 60_000);
      expect(new Set(lambda.invocations.flatMap(({ records }) => records).map(position)).size).toBe(300);
    } finally {
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

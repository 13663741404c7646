import { describe, expect, inject } from 'vitest';
import { conforms } from '../../local/msk-poller/testing/conforms.ts';
import { values } from '../../local/msk-poller/testing/deliveries.ts';
import { eventually } from '../../local/msk-poller/testing/eventually.ts';
import {
  startLambdaEndpoint,
  type Answer,
  type Invocation,
} from '../../local/msk-poller/testing/lambda-endpoint.ts';
import { ready, startPoller } from '../../local/msk-poller/testing/poller-process.ts';
import { createTopic } from '../../local/msk-poller/testing/topic.ts';

const OK: Answer = { returns: null };
const { kafka: brokers } = inject('engines');

const delivered = (invocations: readonly Invocation[]): string[] =>
  invocations
    .flatMap(({ records }) => records)
    .map(({ value }) => Buffer.from(value ?? '', 'base64').toString('utf8'));
const offsets = ({ records }: Invocation): number[] => records.map(({ offset }) => offset);

describe('reading a topic', () => {
  conforms('event', 'arrayOfMessages', async () => {
    await using topic = await createTopic(brokers, 1);
    await using lambda = await startLambdaEndpoint(() => OK);
    await topic.publish([{ partition: 0, key: 'k', value: 'v', timestamp: '1700000000123' }]);
    await using poller = startPoller({ template: topic.template(), brokers, endpoint: lambda.url });
    await eventually(() => lambda.invocations.length > 0, poller.output);
    expect(lambda.invocations[0]?.event).toEqual({
      eventSource: 'aws:kafka',
      eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/test/1',
      bootstrapServers: brokers.join(','),
      records: {
        [`${topic.name}-0`]: [
          {
            topic: topic.name,
            partition: 0,
            offset: 0,
            timestamp: 1_700_000_000_123,
            timestampType: 'CREATE_TIME',
            key: Buffer.from('k').toString('base64'),
            value: Buffer.from('v').toString('base64'),
            headers: [],
          },
        ],
      },
    });
  });

  conforms('source', 'commits', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(5));
    let succeeds = false;
    await using lambda = await startLambdaEndpoint(() => (succeeds ? OK : { throws: 'not yet' }));
    await using poller = startPoller({ template: topic.template(), brokers, endpoint: lambda.url });
    await eventually(() => lambda.invocations.length > 1, poller.output);
    expect(await topic.committed()).toEqual([undefined]);
    succeeds = true;
    await eventually(async () => (await topic.committed())[0] === 5, poller.output);
  });

  conforms('source', 'sequential', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(200));
    let running = 0;
    let together = 0;
    await using lambda = await startLambdaEndpoint(async () => {
      running += 1;
      together = Math.max(together, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return OK;
    });
    const template = topic.template({ BatchSize: 7 });
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await eventually(async () => (await topic.committed())[0] === 200, poller.output);
    expect(together).toBe(1);
    expect(delivered(lambda.invocations)).toEqual(values(200).map(({ value }) => value));
  });

  conforms('source', 'severalPartitions', async () => {
    await using topic = await createTopic(brokers, 2);
    await topic.publish([...values(3, 0), ...values(3, 1)]);
    await using lambda = await startLambdaEndpoint(() => OK);
    const template = topic.template({ BatchSize: 6, MaximumBatchingWindowInSeconds: 300 });
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await eventually(() => lambda.invocations.length === 1, poller.output);
    const { records = {} } = lambda.invocations[0]?.event ?? {};
    expect(Object.keys(records).sort()).toEqual([`${topic.name}-0`, `${topic.name}-1`]);
  });

  conforms('source', 'wholeBatchAgain', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(3));
    await using lambda = await startLambdaEndpoint(() =>
      lambda.invocations.length < 3 ? { throws: 'Task timed out after 3.00 seconds' } : OK,
    );
    await using poller = startPoller({ template: topic.template(), brokers, endpoint: lambda.url });
    await eventually(async () => (await topic.committed())[0] === 3, poller.output);
    expect(lambda.invocations.map(offsets)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  conforms('batching', 'atLeastOnce', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(1));
    let dies = true;
    await using lambda = await startLambdaEndpoint(() => (dies ? { dies: true } : OK));
    const options = { template: topic.template(), brokers, endpoint: lambda.url };
    {
      await using poller = startPoller(options);
      await eventually(() => lambda.invocations.length > 0, poller.output);
      poller.signal('SIGKILL');
      await poller.exited;
    }
    dies = false;
    await using poller = startPoller(options);
    await eventually(async () => (await topic.committed())[0] === 1, poller.output);
    expect(new Set(delivered(lambda.invocations))).toEqual(new Set(['0']));
    expect(lambda.invocations.length).toBeGreaterThan(1);
  });

  conforms('api', 'disabled', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(1));
    await using lambda = await startLambdaEndpoint(() => OK);
    const template = topic.template({ Enabled: false });
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await ready(poller);
    expect(poller.status()?.mappings).toMatchObject([{ id: 'Mapping', state: 'disabled' }]);
    expect(await topic.committed()).toEqual([undefined]);
    expect(lambda.invocations).toEqual([]);
  });
});

describe('starting positions', () => {
  conforms('positions', 'trimHorizon', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(2));
    await using lambda = await startLambdaEndpoint(() => OK);
    const template = topic.template({ StartingPosition: 'TRIM_HORIZON' });
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await eventually(async () => (await topic.committed())[0] === 2, poller.output);
    expect(delivered(lambda.invocations)).toEqual(['0', '1']);
  });

  conforms('positions', 'latest', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(2));
    await using lambda = await startLambdaEndpoint(() => OK);
    const template = topic.template({ StartingPosition: 'LATEST' });
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await ready(poller);
    await topic.publish([{ partition: 0, value: 'after' }]);
    await eventually(async () => (await topic.committed())[0] === 3, poller.output);
    expect(delivered(lambda.invocations)).toEqual(['after']);
  });

  conforms('positions', 'timestamp', async () => {
    await using topic = await createTopic(brokers, 2);
    const at = 1_700_000_000;
    const stamped = (seconds: number, partition = 0) => ({
      partition,
      value: String(seconds),
      timestamp: String(seconds * 1_000),
    });
    await topic.publish([stamped(at - 1), stamped(at), stamped(at + 1), stamped(at - 5, 1)]);
    await using lambda = await startLambdaEndpoint(() => OK);
    const template = topic.template({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: at });
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    // A partition that has nothing so young begins after its last record.
    await eventually(async () => (await topic.committed()).join() === '3,1', poller.output);
    expect(delivered(lambda.invocations)).toEqual([String(at), String(at + 1)]);
  });

  conforms('group', 'existing', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(5));
    await topic.commit(topic.groupId, 3);
    await using lambda = await startLambdaEndpoint(() => OK);
    const template = topic.template({ StartingPosition: 'TRIM_HORIZON' });
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await eventually(async () => (await topic.committed())[0] === 5, poller.output);
    expect(delivered(lambda.invocations)).toEqual(['3', '4']);
  });

  conforms('group', 'fresh', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(5));
    await topic.commit(`${topic.groupId}-other`, 3);
    await using lambda = await startLambdaEndpoint(() => OK);
    const template = topic.template({ StartingPosition: 'TRIM_HORIZON' });
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await eventually(async () => (await topic.committed())[0] === 5, poller.output);
    expect(delivered(lambda.invocations)).toEqual(['0', '1', '2', '3', '4']);
  });

  conforms('group', 'shared', async () => {
    await using topic = await createTopic(brokers, 4);
    await using lambda = await startLambdaEndpoint(() => OK);
    const options = { template: topic.template(), brokers, endpoint: lambda.url };
    await using mine = startPoller(options);
    await using other = startPoller(options);
    const share = (poller: typeof mine) => poller.status()?.mappings[0]?.partitions ?? [];
    await eventually(() => [mine, other].every((poller) => share(poller).length === 2), mine.output);
    expect([...share(mine), ...share(other)].sort()).toEqual([0, 1, 2, 3]);
  });
});

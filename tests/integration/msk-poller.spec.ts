import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { offsetsByPartition, succeeded, upTo, values } from '../../local/msk-poller/testing/deliveries.ts';
import { eventually } from '../../local/msk-poller/testing/eventually.ts';
import {
  startLambdaEndpoint,
  type Answer,
  type Invocation,
} from '../../local/msk-poller/testing/lambda-endpoint.ts';
import { ready, runPoller, startPoller } from '../../local/msk-poller/testing/poller-process.ts';
import { createTopic } from '../../local/msk-poller/testing/topic.ts';

const OK: Answer = { returns: null };
const { kafka: brokers } = inject('engines');

describe('the event', () => {
  it('has the shape of "Using Lambda with Amazon MSK", with signed header bytes, null keys and null values', async () => {
    await using topic = await createTopic(brokers, 1);
    await using lambda = await startLambdaEndpoint(() => OK);
    const timestamp = '1700000000123';
    await topic.publish([
      {
        partition: 0,
        key: 'k',
        value: 'v',
        timestamp,
        headers: { bytes: Buffer.from([0, 127, 128, 255]), twice: ['a', 'b'] },
      },
      { partition: 0, key: null, value: null, timestamp },
    ]);
    await using poller = startPoller({ template: topic.template(), brokers, endpoint: lambda.url });
    await ready(poller);
    await eventually(() => lambda.invocations.length > 0, poller.output);
    const where = {
      topic: topic.name,
      partition: 0,
      timestamp: Number(timestamp),
      timestampType: 'CREATE_TIME',
    };
    expect(lambda.invocations[0]).toMatchObject({
      functionName: 'consumer',
      event: {
        eventSource: 'aws:kafka',
        eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/test/1',
        bootstrapServers: brokers.join(','),
      },
    });
    expect(lambda.invocations[0]?.event.records).toEqual({
      [`${topic.name}-0`]: [
        {
          ...where,
          offset: 0,
          key: 'aw==',
          value: 'dg==',
          headers: [{ bytes: [0, 127, -128, -1] }, { twice: [97] }, { twice: [98] }],
        },
        { ...where, offset: 1, value: null, headers: [] },
      ],
    });
  });
});

describe('order and retries', () => {
  it('keeps every partition in order through errors, throttles and broken connections, and loses nothing', async () => {
    await using topic = await createTopic(brokers, 4);
    const bad: Answer[] = [{ throws: 'boom' }, { throttled: true }, { dies: true }];
    let calls = 0;
    await using lambda = await startLambdaEndpoint(() => {
      calls += 1;
      return (calls % 4 === 0 ? bad[(calls / 4) % 3] : undefined) ?? OK;
    });
    await using poller = startPoller({
      template: topic.template({ BatchSize: 50 }),
      brokers,
      endpoint: lambda.url,
    });
    await ready(poller);
    for (const round of upTo(10)) {
      await topic.publish(upTo(100).map((index) => ({ partition: index % 4, value: `${round}-${index}` })));
    }
    await eventually(
      () => succeeded(lambda.invocations).flatMap(({ records }) => records).length >= 1000,
      poller.output,
    );
    expect(offsetsByPartition(succeeded(lambda.invocations), 4)).toEqual(upTo(4).map(() => upTo(250)));
    const log = poller
      .output()
      .split('\n')
      .filter((line) => line.includes('will be retried'));
    expect(JSON.parse(log[0] ?? '{}')).toMatchObject({
      level: 'warn',
      function: 'consumer',
      topic: topic.name,
      attempt: 1,
    });
  });

  it('retries a failing partition while the others go on', async () => {
    await using topic = await createTopic(brokers, 3);
    let cured = false;
    const sick = ({ records }: Invocation): boolean =>
      !cured && records.some(({ partition }) => partition === 1);
    await using lambda = await startLambdaEndpoint((invocation) =>
      sick(invocation) ? { throws: 'sick' } : OK,
    );
    await using poller = startPoller({ template: topic.template(), brokers, endpoint: lambda.url });
    await ready(poller);
    await topic.publish(values(5, 1));
    await eventually(() => lambda.invocations.length > 0, poller.output);
    await topic.publish([...values(20, 0), ...values(20, 2)]);
    await eventually(
      async () => (await topic.committed())[0] === 20 && (await topic.committed())[2] === 20,
      poller.output,
    );
    expect((await topic.committed())[1]).toBeUndefined();
    cured = true;
    await eventually(async () => (await topic.committed())[1] === 5, poller.output);
    expect(offsetsByPartition(succeeded(lambda.invocations), 3)).toEqual([upTo(20), upTo(5), upTo(20)]);
  });

  it('sends only the records again that batchItemFailures reports, before anything newer of their partition', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(6));
    const failed = (offset: number) => ({ itemIdentifier: { partition: `${topic.name}-0`, offset } });
    await using lambda = await startLambdaEndpoint(() =>
      lambda.invocations.length === 1 ? { returns: { batchItemFailures: [failed(2), failed(4)] } } : OK,
    );
    await using poller = startPoller({
      template: topic.template({ BatchSize: 6 }),
      brokers,
      endpoint: lambda.url,
    });
    await eventually(() => lambda.invocations.length === 1, poller.output);
    await topic.publish([{ partition: 0, value: 'newer' }]);
    await eventually(async () => (await topic.committed())[0] === 7, poller.output);
    expect(lambda.invocations.map(({ records }) => records.map(({ offset }) => offset))).toEqual([
      upTo(6),
      [2, 4],
      [6],
    ]);
  });

  it('discards a batch loudly after MaximumRetryAttempts and goes on with the next', async () => {
    await using topic = await createTopic(brokers, 1);
    await topic.publish(values(2));
    await using lambda = await startLambdaEndpoint(({ records }) =>
      records[0]?.offset === 0 ? { throws: 'never' } : OK,
    );
    const ProvisionedPollerConfig = { MinimumPollers: 1, MaximumPollers: 1 };
    const template = topic.template({ BatchSize: 1, MaximumRetryAttempts: 1, ProvisionedPollerConfig });
    await using poller = startPoller({ template, brokers, endpoint: lambda.url });
    await eventually(async () => (await topic.committed())[0] === 2, poller.output);
    expect(offsetsByPartition(lambda.invocations, 1)).toEqual([[0, 0, 1]]);
    expect(poller.output()).toContain('batch discarded: RetryAttemptsExhausted');
  });

  it('waits for a function that is slower than the group session, and sends its batch once', async () => {
    await using topic = await createTopic(brokers, 2);
    await using lambda = await startLambdaEndpoint(async ({ records }) => {
      if (records[0]?.partition === 0) await delay(9_000);
      return OK;
    });
    await using poller = startPoller({ template: topic.template(), brokers, endpoint: lambda.url });
    await ready(poller);
    await topic.publish(values(1, 0));
    await eventually(() => lambda.invocations.length === 1, poller.output);
    await topic.publish(values(1, 1));
    await eventually(async () => (await topic.committed())[1] === 1, poller.output, 3_000);
    await eventually(async () => (await topic.committed())[0] === 1, poller.output);
    expect(lambda.invocations).toHaveLength(2);
  });
});

describe('batches', () => {
  it('waits for the batching window, and not at all with window 0', async () => {
    await using topic = await createTopic(brokers, 2);
    await using lambda = await startLambdaEndpoint(() => OK);
    const gap = async (window: number, groupId: string): Promise<number> => {
      const template = topic.template({
        MaximumBatchingWindowInSeconds: window,
        StartingPosition: 'LATEST',
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: groupId },
      });
      await using poller = startPoller({ template, brokers, endpoint: lambda.url });
      await ready(poller);
      const before = lambda.invocations.length;
      const publishedAt = Date.now();
      await topic.publish([...values(1, 0), ...values(1, 1)]);
      const delivered = () => lambda.invocations.slice(before).flatMap(({ records }) => records).length;
      await eventually(() => delivered() === 2, poller.output);
      return (lambda.invocations.at(-1)?.at ?? 0) - publishedAt;
    };
    expect(await gap(2, `${topic.groupId}-2`)).toBeGreaterThanOrEqual(1_900);
    expect(await gap(0, `${topic.groupId}-0`)).toBeLessThan(1_000);
  });

  it('sends no more than BatchSize records and no more than 6 MB at a time', async () => {
    await using topic = await createTopic(brokers, 2);
    await using lambda = await startLambdaEndpoint(() => OK);
    await topic.publish(values(95, 0));
    for (const index of upTo(20))
      await topic.publish([{ partition: 1, value: Buffer.alloc(900_000, index) }]);
    await using poller = startPoller({
      template: topic.template({ BatchSize: 40 }),
      brokers,
      endpoint: lambda.url,
    });
    await eventually(async () => (await topic.committed()).join() === '95,20', poller.output);
    expect(Math.max(...lambda.invocations.map(({ records }) => records.length))).toBe(40);
    const sizes = lambda.invocations.map(({ event }) => Buffer.byteLength(JSON.stringify(event)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024);
    expect(offsetsByPartition(lambda.invocations, 2)).toEqual([upTo(95), upTo(20)]);
  });

  it('drops what the filter does not match, and commits past it', async () => {
    await using topic = await createTopic(brokers, 1);
    await using lambda = await startLambdaEndpoint(() => OK);
    const FilterCriteria = {
      Filters: [{ Pattern: JSON.stringify({ value: { type: [{ prefix: 'Order' }] } }) }],
    };
    await using poller = startPoller({
      template: topic.template({ FilterCriteria }),
      brokers,
      endpoint: lambda.url,
    });
    await topic.publish(
      ['{"type":"OrderA"}', '{"type":"CartB"}', 'no json', '{"type":"OrderC"}', '{"type":"CartD"}'].map(
        (value) => ({ partition: 0, value }),
      ),
    );
    await eventually(async () => (await topic.committed())[0] === 5, poller.output);
    expect(
      lambda.invocations.flatMap(({ records }) => records).map(({ value }) => atob(value ?? '')),
    ).toEqual(['{"type":"OrderA"}', '{"type":"OrderC"}']);
  });
});

describe('the command line', () => {
  it.each([
    ['no flags', [], /^msk-poller: --template is missing\nusage: /],
    [
      'a template that is not there',
      ['--template', '/nowhere/t.json', '--brokers', 'a:1', '--endpoint', 'http://x'],
      /^msk-poller: cannot read \/nowhere\/t\.json: /,
    ],
    [
      'a template that is none',
      ['--template', 'package.json', '--brokers', 'a:1', '--endpoint', 'http://x'],
      /^msk-poller: not a CloudFormation template/,
    ],
  ])('ends with 2 and one clear line for %s', async (_case, args, message) => {
    await using poller = runPoller(args);
    expect(await poller.exited).toBe(2);
    expect(poller.output()).toMatch(message);
  });

  it.each([
    ['MaximumRetryAttempts', { MaximumRetryAttempts: 3 }, /^msk-poller: Mapping: MaximumRetryAttempts needs/],
    [
      'a destination that is none',
      { DestinationConfig: { OnFailure: { Destination: 'arn:aws:lambda:us-east-1:1:function:f' } } },
      /^msk-poller: Mapping: DestinationConfig\.OnFailure\.Destination: arn:aws:lambda/,
    ],
    [
      'pollers in the wrong order',
      { ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 1 } },
      /^msk-poller: Mapping: ProvisionedPollerConfig\.MaximumPollers/,
    ],
  ])('refuses a mapping at the start: %s', async (_case, properties, message) => {
    await using topic = await createTopic(brokers, 1);
    await using poller = startPoller({
      template: topic.template(properties),
      brokers,
      endpoint: 'http://127.0.0.1:1',
    });
    expect(await poller.exited).toBe(2);
    expect(poller.output()).toMatch(message);
  });
});

import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { PollerScale } from '../poller-scale.ts';
import { readMappings } from '../read-mappings.ts';
import { conforms } from '../testing/conforms.ts';
import { readOne } from '../testing/read-one.ts';
import { OK, startDispatcher, THROTTLED } from '../testing/start-dispatcher.ts';

const pollers = (ProvisionedPollerConfig: unknown) => readOne({ ProvisionedPollerConfig }).provisioned;
const limits = (minimum: number, maximum: number) => ({ minimum, maximum, group: undefined });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('on demand', () => {
  conforms('scaling', 'evaluates', async () => {
    const { accept, dispatcher } = startDispatcher({ batchSize: 1 });
    for (let partition = 0; partition < 12; partition += 1) accept(partition, [0], 1, { endOffset: 1_000 });
    await vi.advanceTimersByTimeAsync(59_999);
    expect(dispatcher.scale.pollers).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(dispatcher.scale.pollers).toBe(3);
  });

  conforms('scaling', 'addsAndRemoves', () => {
    const scale = new PollerScale(undefined);
    const after = (lagging: number): number => {
      scale.evaluate(lagging, 20);
      return scale.pollers;
    };
    expect([after(0), after(20), after(0), after(0), after(0), after(0)]).toEqual([1, 4, 3, 2, 1, 1]);
  });

  conforms('scaling', 'throttled', async () => {
    const { accept, answer, dispatcher } = startDispatcher({ batchSize: 1 });
    for (let partition = 0; partition < 12; partition += 1) accept(partition, [0], 1, { endOffset: 1_000 });
    await vi.advanceTimersByTimeAsync(60_000);
    await answer(0, THROTTLED);
    expect(dispatcher.scale.pollers).toBe(2);
  });

  conforms('scaling', 'empty', () => {
    expect(pollers({})).toBeUndefined();
    expect(readOne({}).provisioned).toBeUndefined();
  });

  conforms('scaling', 'advanced', () => {
    for (const property of [
      { MaximumRetryAttempts: 3 },
      { MaximumRecordAgeInSeconds: 60 },
      { BisectBatchOnFunctionError: true },
    ])
      expect(() => readOne(property)).toThrow(
        `Mapping: ${Object.keys(property).join('')} needs provisioned mode: add ProvisionedPollerConfig`,
      );
  });
});

describe('provisioned', () => {
  conforms('scaling', 'limits', () => {
    const scale = new PollerScale(limits(2, 3));
    expect(scale.pollers).toBe(2);
    scale.evaluate(100, 100);
    expect(scale.pollers).toBe(3);
    for (let calm = 0; calm < 5; calm += 1) scale.evaluate(0, 100);
    scale.throttled();
    expect(scale.pollers).toBe(2);
  });

  conforms('scaling', 'five', async () => {
    const { accept, answer, sent } = startDispatcher({ batchSize: 1, provisioned: limits(2, 2) });
    for (let partition = 0; partition < 12; partition += 1) accept(partition, [0]);
    expect(sent()).toHaveLength(10);
    await answer(0, OK);
    expect(sent()).toHaveLength(11);
  });

  conforms('scaling', 'minimumRange', () => {
    expect(pollers({ MinimumPollers: 200, MaximumPollers: 200 })).toMatchObject({ minimum: 200 });
    for (const MinimumPollers of [0, 201])
      expect(() => pollers({ MinimumPollers })).toThrow(/^Mapping: ProvisionedPollerConfig\.MinimumPollers/);
  });

  conforms('scaling', 'maximumRange', () => {
    expect(pollers({ MaximumPollers: 2_000 })).toMatchObject({ maximum: 2_000 });
    for (const MaximumPollers of [0, 2_001])
      expect(() => pollers({ MaximumPollers })).toThrow(/^Mapping: ProvisionedPollerConfig\.MaximumPollers/);
  });

  conforms('scaling', 'ordered', () => {
    expect(() => pollers({ MinimumPollers: 3, MaximumPollers: 2 })).toThrow(
      'Mapping: ProvisionedPollerConfig.MaximumPollers is 2, below MinimumPollers, which is 3',
    );
  });

  conforms('scaling', 'partitions', () => {
    const scale = new PollerScale(limits(5, 100));
    scale.evaluate(100, 3);
    expect(scale.pollers).toBe(3);
  });

  conforms('scaling', 'defaults', () => {
    expect(pollers({ MinimumPollers: 2 })).toEqual(limits(2, 200));
    expect(pollers({ MaximumPollers: 2 })).toEqual(limits(1, 2));
  });

  conforms('scaling', 'leavesGroup', () => {
    expect(pollers({ MaximumPollers: 2, PollerGroupName: '' })).toEqual(limits(1, 2));
    expect(pollers({ MaximumPollers: 2, PollerGroupName: 'mesh' })).toMatchObject({ group: 'mesh' });
  });

  conforms('parameters', 'group', () => {
    const grouped = (count: number, MaximumPollers: number) => {
      const Properties = {
        FunctionName: 'f',
        Topics: ['orders'],
        ProvisionedPollerConfig: { MaximumPollers, PollerGroupName: 'mesh' },
      };
      const mapping = { Type: 'AWS::Lambda::EventSourceMapping', Properties };
      const ids = Array.from({ length: count }, (_none, index) => `Mapping${index}`);
      return readMappings({ Resources: Object.fromEntries(ids.map((id) => [id, mapping])) }, 'us-east-1');
    };
    expect(grouped(100, 20)).toHaveLength(100);
    expect(() => grouped(101, 1)).toThrow(/PollerGroupName mesh .* 101 mappings/);
    expect(() => grouped(100, 21)).toThrow(/PollerGroupName mesh .* add up to 2100/);
  });

  conforms('latency', 'fixed', () => {
    const scale = new PollerScale(limits(2, 2));
    for (const lagging of [0, 100, 0]) {
      scale.evaluate(lagging, 100);
      expect(scale.pollers).toBe(2);
    }
  });
});

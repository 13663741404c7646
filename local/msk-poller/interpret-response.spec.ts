import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpretResponse } from './interpret-response.ts';

const SENT = new Map([
  ['orders-0', new Set([10, 11, 12])],
  ['orders-1', new Set([7])],
]);
const failures = (...identifiers: unknown[]) =>
  JSON.stringify({ batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) });

describe('interpretResponse: conditions of "Configuring error handling controls for Kafka event sources"', () => {
  it.each([
    ['no payload', ''],
    ['a null response', 'null'],
    ['an empty response', '{}'],
    ['an empty list', '{"batchItemFailures":[]}'],
    ['a null list', '{"batchItemFailures":null}'],
    ['a response that reports nothing', '"ok"'],
  ])('%s is success', (_case, payload) => {
    expect(interpretResponse(payload, SENT)).toEqual({ kind: 'success' });
  });

  it.each([
    ['not JSON', '{'],
    ['a list that is none', '{"batchItemFailures":"x"}'],
    ['an entry that is none', '{"batchItemFailures":[null]}'],
    ['a null identifier', failures(null)],
    ['an empty string identifier', failures('')],
    ['a flat string identifier', failures('orders-0-10')],
    ['a bad key name', failures({ topicPartition: 'orders-0', offset: 10 })],
    ['an offset as text', failures({ partition: 'orders-0', offset: '10' })],
    ['an unknown partition', failures({ partition: 'orders-9', offset: 10 })],
    ['an offset that was not sent', failures({ partition: 'orders-0', offset: 99 })],
    [
      'one unknown among known ones',
      failures({ partition: 'orders-0', offset: 10 }, { partition: 'orders-1', offset: 8 }),
    ],
  ])('%s fails the whole batch', (_case, payload) => {
    expect(interpretResponse(payload, SENT)).toMatchObject({ kind: 'failure' });
  });

  it('sends exactly the reported records again, whichever were reported', () => {
    const all = [...SENT].flatMap(([partition, offsets]) =>
      [...offsets].map((offset) => ({ partition, offset })),
    );
    fc.assert(
      fc.property(fc.subarray(all, { minLength: 1 }), (reported) => {
        const verdict = interpretResponse(failures(...reported, ...reported), SENT);
        const failed = verdict.kind === 'partial' ? verdict.failed : new Map<string, Set<number>>();
        const again = all.filter(({ partition, offset }) => failed.get(partition)?.has(offset) === true);
        expect(again).toEqual(reported);
      }),
    );
  });

  it('never throws and never calls an unreadable answer a success of reported records', () => {
    fc.assert(
      fc.property(fc.json(), (payload) => {
        expect(['success', 'partial', 'failure']).toContain(interpretResponse(payload, SENT).kind);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { causeGroups, normalisedMessage } from './cause-groups.ts';
import type { Letter } from './letter.ts';

const letter = (letterId: string, message: string, parkedAt: string, code = 'not-json'): Letter =>
  // What a group looks at.
  ({ letterId, consumer: 'c', cause: { name: 'E', code, message, stack: '' }, parkedAt }) as Letter;

describe('groups by cause', () => {
  it('put what differs only in ids and numbers together, the largest first', () => {
    const { add, groups } = causeGroups();
    add(letter('1', 'line 7 of order 0190b6a0-1111-7222-8333-444455556666', '2'));
    add(letter('2', 'line 12 of order 0190b6a0-9999-7222-8333-444455556666', '1'));
    add(letter('3', 'something else', '3', 'a-bug'));
    expect(groups()).toEqual([
      {
        consumer: 'c',
        code: 'not-json',
        message: 'line <n> of order <id>',
        count: 2,
        oldest: '1',
        newest: '2',
        sample: '2',
      },
      {
        consumer: 'c',
        code: 'a-bug',
        message: 'something else',
        count: 1,
        oldest: '3',
        newest: '3',
        sample: '3',
      },
    ]);
  });

  it.each([
    ['ada travels under "bob" instead of \'ada\'', 'ada travels under <text> instead of <text>'],
    ['at 2026-03-01T12:00:00.000Z', 'at <time>'],
    ['trace 0af7651916cd43dd8448eb211c80319c', 'trace <hex>'],
    ['events 3 and 4', 'events <n> and <n>'],
  ])('%s', (message, normal) => {
    expect(normalisedMessage(message)).toBe(normal);
  });
});

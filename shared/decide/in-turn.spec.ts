import fc from 'fast-check';
import { expect, it } from 'vitest';
import { takingTurns } from './in-turn.ts';

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('runs what shares a name one after the other, in the order it came, and never stands still', async () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ names, fails: fc.boolean() }), { maxLength: 12 }),
      async (works) => {
        const inTurn = takingTurns();
        const busy = new Set<string>();
        const done = new Map<string, number[]>();
        const ends = works.map(({ names, fails }, n) =>
          inTurn(names, async () => {
            expect(names.filter((name) => busy.has(name))).toEqual([]);
            for (const name of names) busy.add(name);
            await pause();
            for (const name of names) busy.delete(name);
            for (const name of names) done.set(name, [...(done.get(name) ?? []), n]);
            if (fails) throw new Error(`work ${n}`);
            return n;
          }),
        );
        const settled = await Promise.allSettled(ends);
        expect(settled.map(({ status }) => status)).toEqual(
          works.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        );
        for (const order of done.values()) expect(order).toEqual(order.toSorted((a, b) => a - b));
      },
    ),
  );
});

it('runs what shares no name at once', async () => {
  const inTurn = takingTurns();
  const running: string[] = [];
  const work = (name: string) =>
    inTurn([name], async () => {
      running.push(name);
      await pause();
      return [...running];
    });
  const [first] = await Promise.all([work('a'), work('b')]);
  expect(first).toEqual(['a', 'b']);
});

import type { Json, Once } from '../once/once.ts';

/** Keeps answers as Powertools does: a run that throws is forgotten. */
export const memoryOnce = (): Once => {
  const kept = new Map<string, string>();
  return {
    forInvocation: () => undefined,
    run: async <Result extends Json>(key: string, _: Json, effect: () => Promise<Result>) => {
      const before = kept.get(key);
      // The same key has the same effect, so the kept answer is of its type.
      if (before !== undefined) return JSON.parse(before) as Result;
      const result = await effect();
      kept.set(key, JSON.stringify(result));
      return result;
    },
  };
};

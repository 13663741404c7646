import type { Json, Once, OnceRecords } from '../once/once.ts';
import { currentRehearsal } from './rehearsal.ts';

/**
 * Once-only effects that can be rehearsed: what the real record says was done is not done again, anything else is
 * rehearsed, and remembered for this rehearsal only.
 */
export const rehearsedOnce = (once: Once & OnceRecords): Once => ({
  forInvocation: once.forInvocation,
  run: async <Result extends Json>(key: string, fingerprint: Json, effect: () => Promise<Result>) => {
    const rehearsal = currentRehearsal();
    if (!rehearsal) return once.run(key, fingerprint, effect);
    const done = rehearsal.writtenBy(once, () => new Map<string, Json>());
    // What stands under a key is what the effect of that key answered.
    if (done.has(key)) return done.get(key) as Result;
    const earlier = await once.find(key, fingerprint);
    if (earlier) return earlier.result as Result;
    const result = await effect();
    // Kept as JSON, like the real one.
    done.set(key, JSON.parse(JSON.stringify(result)) as Result);
    return result;
  },
});

import type { CircuitMemory, RememberedCircuit } from '../call/circuit-memory.ts';

/** A circuit's memory in memory; kept as text, as in a table. */
export const memoryCircuit = (): CircuitMemory => {
  let kept: string | undefined;
  const load = (): RememberedCircuit | undefined =>
    kept === undefined ? undefined : (JSON.parse(kept) as RememberedCircuit);
  return {
    load: async () => load(),
    save: async (record, revision) => {
      if ((load()?.revision ?? 0) !== revision) return false;
      kept = JSON.stringify({ record, revision: revision + 1 });
      return true;
    },
  };
};

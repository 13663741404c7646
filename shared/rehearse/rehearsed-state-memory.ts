import type { StateMemory } from '../decide/state-memory.ts';
import { currentRehearsal } from './rehearsal.ts';

/** A memory that rehearsals neither use nor leave anything in: what they append is nowhere. */
export const rehearsedStateMemory = (real: StateMemory): StateMemory => ({
  recall: (...of) => (currentRehearsal() ? undefined : real.recall(...of)),
  keep: (...of) => {
    if (!currentRehearsal()) real.keep(...of);
  },
});

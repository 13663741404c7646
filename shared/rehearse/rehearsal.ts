import { AsyncLocalStorage } from 'node:async_hooks';
import type { RehearsedWrite } from '../consume/redrive.ts';
import { PermanentError } from '../errors/mesh-error.ts';

/** Something tried to act for real while a rehearsal was on: its code does not go through what rehearsals know. */
export class RehearsalBreach extends PermanentError {
  constructor(what: string) {
    super('rehearsal-breach', `${what} during a rehearsal: it would have acted for real, and was refused`);
  }
}

/** A rehearsal as the adapters under it see it. */
export interface Rehearsal {
  /** What an adapter has read of the real thing: it stays as it was read for as long as the rehearsal lasts. */
  seenBy<State>(adapter: object, empty: () => State): State;
  /** What an adapter would have written; gone when the rehearsal begins anew. */
  writtenBy<State>(adapter: object, empty: () => State): State;
  /** Notes a change that was not made, for the record that is being rehearsed. */
  note(write: RehearsedWrite): void;
  /** Notes that something was refused, however the code that tried deals with it. */
  breached(breach: RehearsalBreach): void;
}

/** What one piece of work left behind. */
export interface Notes {
  readonly writes: readonly RehearsedWrite[];
  readonly breaches: readonly RehearsalBreach[];
}

const current = new AsyncLocalStorage<Rehearsal | undefined>();

/** The rehearsal that the running code belongs to, if any. */
export const currentRehearsal = (): Rehearsal | undefined => current.getStore();

/** Runs work, and all that follows from it, outside any rehearsal: for reads that a rehearsal lets through. */
export const forReal = <T>(work: () => T): T => current.run(undefined, work);

/** Rehearses pieces of work on one copy-on-write view: what one has written, the next one finds. */
export interface Stage {
  run<T>(work: () => Promise<T>): Promise<{ readonly result: T } & Notes>;
  /** A stage on which nothing has been written yet, with what this one has read. */
  anew(): Stage;
}

type States = Map<object, unknown>;

/** Every state is made by, and given to, the one adapter that is its key. */
const stateOf = <State>(states: States, adapter: object, empty: () => State): State => {
  if (!states.has(adapter)) states.set(adapter, empty());
  return states.get(adapter) as State;
};

export const newStage = (seen: States = new Map()): Stage => {
  const written: States = new Map();
  return {
    run: async (work) => {
      const writes: RehearsedWrite[] = [];
      const breaches: RehearsalBreach[] = [];
      const rehearsal: Rehearsal = {
        seenBy: (adapter, empty) => stateOf(seen, adapter, empty),
        writtenBy: (adapter, empty) => stateOf(written, adapter, empty),
        note: (write) => writes.push(write),
        breached: (breach) => breaches.push(breach),
      };
      return { result: await current.run(rehearsal, work), writes, breaches };
    },
    anew: () => newStage(seen),
  };
};

import type { Aggregate } from '../decide/aggregate.ts';
import type { NewEvent } from '../define/event.ts';
import type { ImportEvents, Progressed, Staged } from './import-events.ts';

export interface ImportState {
  readonly chunks: number;
  /** How many chunks were staged: they are so in their order. */
  readonly staged: number;
  readonly worked: ReadonlySet<number>;
  readonly applied: number;
  readonly refused: number;
  readonly rejected: number;
}

/** The import of one file, whatever its lines are: staged chunk by chunk, worked off chunk by chunk. */
export interface Import<Fields> {
  readonly aggregate: Aggregate<ImportState>;
  /** Stages chunks; those that were are left out. */
  stage(state: ImportState, chunks: readonly Staged<Fields>[]): NewEvent[];
  /** Records what came of a chunk, once; the last one completes the import. */
  recordWorked(state: ImportState, progress: Progressed): NewEvent[];
}

/** The aggregate of a kind of import. */
export const importOf = <Fields>({
  definition,
  staged,
  progressed,
  completed,
}: ImportEvents<Fields>): Import<Fields> => ({
  aggregate: {
    definition,
    initial: { chunks: 0, staged: 0, worked: new Set(), applied: 0, refused: 0, rejected: 0 },
    evolve: (state, event) => {
      if (staged.is(event)) {
        const { chunk, chunks, rejected } = event.payload;
        return { ...state, chunks, staged: chunk, rejected: state.rejected + rejected.length };
      }
      if (!progressed.is(event)) return state;
      const { chunk, applied, refused } = event.payload;
      return {
        ...state,
        worked: new Set([...state.worked, chunk]),
        applied: state.applied + applied,
        refused: state.refused + refused.length,
      };
    },
  },
  stage: (state, chunks) =>
    chunks.filter(({ chunk }) => chunk > state.staged).map((chunk) => staged.of(chunk)),
  recordWorked: (state, progress) => {
    if (state.worked.has(progress.chunk)) return [];
    const done = state.worked.size + 1 === state.chunks;
    const { importId } = progress;
    const applied = state.applied + progress.applied;
    const refused = state.refused + progress.refused.length;
    return [
      progressed.of(progress),
      ...(done ? [completed.of({ importId, applied, refused, rejected: state.rejected })] : []),
    ];
  },
});

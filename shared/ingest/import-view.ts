import { init, projection, when, type Projection } from '../project/projection.ts';
import type { ImportEvents, Problem } from './import-events.ts';

export interface ImportView {
  readonly importId: string;
  readonly fileName: string;
  readonly status: 'staging' | 'working' | 'completed';
  /** `rejected` are not well-formed, `refused` are so and the business said no. */
  readonly lines: {
    readonly total: number;
    readonly applied: number;
    readonly refused: number;
    readonly rejected: number;
  };
  readonly chunks: { readonly total: number; readonly worked: number };
  /** The first of them in the order in which they were found; `lines` counts them all. */
  readonly rejected: readonly Problem[];
  readonly refused: readonly Problem[];
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** As many as a document has room for: 1 000 reasons of 200 characters. */
const MAX_PROBLEMS = 500;

const firstOf = (before: readonly Problem[], more: readonly Problem[]): readonly Problem[] =>
  [...before, ...more].slice(0, MAX_PROBLEMS);

/** How far a kind of import has come. It takes every event of an import, so that a missing one shows. */
export const importView = <Fields>(
  name: string,
  { staged, progressed, completed }: ImportEvents<Fields>,
): Projection<ImportView> =>
  projection<ImportView>(name, [
    init(staged, ({ payload, occurredOn }, doc) => {
      const { importId, fileName, chunk, chunks, lines, rejected } = payload;
      const before = doc?.lines ?? { total: 0, applied: 0, refused: 0, rejected: 0 };
      return {
        importId,
        fileName,
        status: chunk < chunks ? 'staging' : 'working',
        lines: {
          ...before,
          total: before.total + lines.length + rejected.length,
          rejected: before.rejected + rejected.length,
        },
        chunks: { total: chunks, worked: doc?.chunks.worked ?? 0 },
        rejected: firstOf(doc?.rejected ?? [], rejected),
        refused: doc?.refused ?? [],
        startedAt: doc?.startedAt ?? occurredOn,
        updatedAt: occurredOn,
      };
    }),
    when(progressed, (doc, { payload: { applied, refused }, occurredOn }) => ({
      ...doc,
      lines: {
        ...doc.lines,
        applied: doc.lines.applied + applied,
        refused: doc.lines.refused + refused.length,
      },
      chunks: { ...doc.chunks, worked: doc.chunks.worked + 1 },
      refused: firstOf(doc.refused, refused),
      updatedAt: occurredOn,
    })),
    when(completed, (doc, { occurredOn }) => ({ ...doc, status: 'completed', updatedAt: occurredOn })),
  ]);

import type { MeshError } from '../errors/mesh-error.ts';
import type { DocumentKey } from './projection.ts';

/** How far a document has come: encoded sequences of what was folded in. Compared as text on writing. */
export type Watermark = string;

export interface StoredDocument<Doc> {
  readonly doc: Doc;
  readonly watermark: Watermark;
}

export interface DocumentChange<Doc> extends StoredDocument<Doc> {
  readonly key: DocumentKey;
  /** The watermark the change was folded from; undefined where there was no document. */
  readonly from: Watermark | undefined;
}

/** `conflict`: somebody else moved the document on. An error: why this one could not be written. */
export type WriteResult = 'written' | 'conflict' | MeshError;

export interface Page<Doc> {
  readonly items: readonly Doc[];
  /** Continue from here; undefined on the last page. */
  readonly next: string | undefined;
}

/**
 * Where the documents of a context's projections are kept. Every implementation passes
 * `tests/contract/projection-store.spec.ts`.
 */
export interface ProjectionStore {
  /** The documents under some keys, in their order; sees every write that was acknowledged. */
  read<Doc>(
    view: string,
    keys: readonly DocumentKey[],
  ): Promise<readonly (StoredDocument<Doc> | undefined)[]>;
  /**
   * Writes document and watermark together, each only if its watermark is still `from` (promise 3), and each for
   * itself: answers in the order of the changes, which name different documents.
   */
  write<Doc>(view: string, changes: readonly DocumentChange<Doc>[]): Promise<readonly WriteResult[]>;
  /** A group's documents in the order of their items. `newestFirst` turns it round. */
  list<Doc>(view: string, group: string, options: ListOptions): Promise<Page<Doc>>;
}

export interface ListOptions {
  /** 1 to 100. */
  readonly limit: number;
  readonly after?: string | undefined;
  readonly newestFirst?: boolean;
}

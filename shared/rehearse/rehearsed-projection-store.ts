import { PermanentError, type MeshError } from '../errors/mesh-error.ts';
import type { DocumentKey } from '../project/projection.ts';
import type {
  DocumentChange,
  ProjectionStore,
  StoredDocument,
  WriteResult,
} from '../project/projection-store.ts';
import { currentRehearsal, type Rehearsal } from './rehearsal.ts';

/** A document as it stands, as text: what is read is a copy. */
interface Kept {
  readonly doc: string;
  readonly watermark: string;
}

type Documents = Map<string, Kept | undefined>;

const nameOf = (view: string, { group, item }: DocumentKey): string => JSON.stringify([view, group, item]);

/**
 * A projection store that can be rehearsed on: it reads through to the real one and keeps what is written to itself,
 * with the same conflicts. Passes `tests/contract/projection-store.spec.ts` while a rehearsal is on, except that it
 * does not list what the rehearsal has written to: no consumer lists a view of its own.
 * @param refusalOf why the real store would refuse a change whatever stands there, if it would
 */
export const rehearsedProjectionStore = (
  real: ProjectionStore,
  refusalOf: (view: string, change: DocumentChange<unknown>) => MeshError | undefined,
): ProjectionStore => {
  const written = (rehearsal: Rehearsal) => rehearsal.writtenBy(real, (): Documents => new Map());

  /** Sees to it that all of some documents have been read once. */
  const see = async (
    rehearsal: Rehearsal,
    view: string,
    keys: readonly DocumentKey[],
  ): Promise<Documents> => {
    const seen = rehearsal.seenBy(real, (): Documents => new Map());
    const fresh = keys.filter((key) => !seen.has(nameOf(view, key)));
    const found = fresh.length > 0 ? await real.read<unknown>(view, fresh) : [];
    fresh.forEach((key, i) => {
      const document = found[i];
      const name = nameOf(view, key);
      // Another read of the same rehearsal may have been quicker: what it saw stands.
      if (!seen.has(name))
        seen.set(name, document && { doc: JSON.stringify(document.doc), watermark: document.watermark });
    });
    return seen;
  };

  const writeOne = (
    rehearsal: Rehearsal,
    seen: Documents,
    view: string,
    change: DocumentChange<unknown>,
  ): WriteResult => {
    const refusal = refusalOf(view, change);
    if (refusal) return refusal;
    const name = nameOf(view, change.key);
    const documents = written(rehearsal);
    const standing = documents.get(name) ?? seen.get(name);
    if (standing?.watermark !== change.from) return 'conflict';
    const doc = JSON.stringify(change.doc);
    documents.set(name, { doc, watermark: change.watermark });
    const { group, item } = change.key;
    rehearsal.note({
      kind: 'document',
      target: `${view} ${group}/${item}`,
      content: JSON.parse(doc) as unknown,
    });
    return 'written';
  };

  return {
    read: async <Doc>(view: string, keys: readonly DocumentKey[]) => {
      const rehearsal = currentRehearsal();
      if (!rehearsal) return real.read<Doc>(view, keys);
      const seen = await see(rehearsal, view, keys);
      return keys.map((key): StoredDocument<Doc> | undefined => {
        const name = nameOf(view, key);
        const kept = written(rehearsal).get(name) ?? seen.get(name);
        // A view's documents are of the type that the projection of that name writes.
        return kept && { doc: JSON.parse(kept.doc) as Doc, watermark: kept.watermark };
      });
    },
    write: async (view, changes) => {
      const rehearsal = currentRehearsal();
      if (!rehearsal) return real.write(view, changes);
      const seen = await see(
        rehearsal,
        view,
        changes.map(({ key }) => key),
      );
      return changes.map((change) => writeOne(rehearsal, seen, view, change));
    },
    list: async (view, group, options) => {
      const rehearsal = currentRehearsal();
      const inGroup = nameOf(view, { group, item: '' }).slice(0, -'""]'.length);
      if (rehearsal && [...written(rehearsal).keys()].some((name) => name.startsWith(inGroup)))
        throw new PermanentError('not-rehearsed', 'a rehearsal cannot list documents that it has written');
      return real.list(view, group, options);
    },
  };
};

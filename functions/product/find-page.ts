import { findDocument } from '../../shared/project/find-document.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { cataloguePage, type CataloguePage } from './projections/catalogue-page.ts';

/** A product's page; undefined for a SKU that has stock or a price, say, and no product yet. */
export const findPage = async (store: ProjectionStore, sku: string): Promise<CataloguePage | undefined> => {
  const page = await findDocument(store, cataloguePage, { group: sku, item: sku });
  return page?.name === undefined ? undefined : page;
};

import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { ChangeProduct, CreateProduct, DiscontinueProduct } from './commands.ts';
import {
  product as definition,
  ProductChanged,
  ProductCreated,
  ProductDiscontinued,
  type ProductEvent,
} from './events.ts';

/** An article's life: none → listed → discontinued. */
export type ProductState =
  { readonly status: 'none' } | ({ readonly status: 'listed' | 'discontinued' } & CreateProduct);

export const product: Aggregate<ProductState, ProductEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'ProductCreatedEvent':
      case 'ProductChangedEvent':
        return { status: 'listed', ...event.payload };
      case 'ProductDiscontinuedEvent':
        return state.status === 'none' ? state : { ...state, status: 'discontinued' };
    }
  },
};

const unknown = (): BusinessError =>
  new BusinessError('product-unknown', 'there is no such product', 'not-found');

export const createProduct = (state: ProductState, article: CreateProduct): NewEvent[] => {
  if (state.status !== 'none') throw new BusinessError('product-exists', 'the SKU has a product already');
  return [ProductCreated.of(article)];
};

export const changeProduct = (state: ProductState, { name, description }: ChangeProduct): NewEvent[] => {
  if (state.status === 'none') throw unknown();
  if (state.status === 'discontinued')
    throw new BusinessError('product-discontinued', 'a discontinued product cannot be changed');
  if (state.name === name && state.description === description) return [];
  const { sku, category, sellerId } = state;
  return [ProductChanged.of({ sku, category, sellerId, name, description })];
};

/** For good: a SKU is not used again for something else. */
export const discontinueProduct = (state: ProductState, { reason }: DiscontinueProduct): NewEvent[] => {
  if (state.status === 'none') throw unknown();
  if (state.status === 'discontinued') return [];
  const { sku, category, sellerId } = state;
  return [ProductDiscontinued.of({ sku, category, sellerId, reason })];
};

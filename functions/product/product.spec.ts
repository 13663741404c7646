import { describe, expect, it } from 'vitest';
import { given } from '../../shared/testing/given.ts';
import * as command from './commands.ts';
import { ProductChanged, ProductCreated, ProductDiscontinued } from './events.ts';
import { changeProduct, createProduct, discontinueProduct, product } from './product.ts';

const article = { sku: 'SKU-1', category: 'tea', sellerId: 'S-1' };
const details = { name: 'Sencha', description: 'Green tea' };
const created = ProductCreated.of({ ...article, ...details });
const discontinued = ProductDiscontinued.of({ ...article, reason: 'sold out' });

describe('CreateProduct', () => {
  it('lists an article', () => {
    given(product)
      .when((state) => createProduct(state, { ...article, ...details }))
      .then([created]);
  });

  it.each([
    ['listed', [created]],
    ['discontinued', [created, discontinued]],
  ])('refuses a SKU that is %s', (_, history) => {
    given(product, history)
      .when((state) => createProduct(state, { ...article, ...details }))
      .thenRefused('product-exists');
  });
});

describe('ChangeProduct', () => {
  const change = { name: 'Sencha', description: 'Green tea from Uji' };

  it('states all details anew', () => {
    given(product, [created])
      .when((state) => changeProduct(state, change))
      .then([ProductChanged.of({ ...article, ...change })]);
  });

  it('does nothing where all is so already', () => {
    given(product, [created, ProductChanged.of({ ...article, ...change })])
      .when((state) => changeProduct(state, change))
      .then([]);
  });

  it('refuses what nobody knows, and what is sold no more', () => {
    given(product)
      .when((state) => changeProduct(state, change))
      .thenRefused('product-unknown');
    given(product, [created, discontinued])
      .when((state) => changeProduct(state, change))
      .thenRefused('product-discontinued');
  });
});

describe('DiscontinueProduct', () => {
  const why = { reason: 'sold out' };

  it('ends the sale once', () => {
    given(product, [created])
      .when((state) => discontinueProduct(state, why))
      .then([discontinued]);
    given(product, [created, discontinued])
      .when((state) => discontinueProduct(state, { reason: 'again' }))
      .then([]);
  });

  it('refuses what nobody knows', () => {
    given(product)
      .when((state) => discontinueProduct(state, why))
      .thenRefused('product-unknown');
  });
});

describe('the commands', () => {
  const whole = { ...article, ...details };

  it('take an article, trimmed', () => {
    expect(command.createProduct.parse({ ...whole, name: ' Sencha ' })).toStrictEqual(whole);
  });

  it.each([
    ['an unknown field', { ...whole, price: 1 }],
    ['no name', { ...whole, name: ' ' }],
    ['a category in words', { ...whole, category: 'Green Tea' }],
    ['a SKU with a separator', { ...whole, sku: 'a.b' }],
    ['a description without end', { ...whole, description: 'x'.repeat(2_001) }],
  ])('do not take %s', (_, body) => {
    expect(command.createProduct.safeParse(body).success).toBe(false);
  });

  it('change nothing but the details', () => {
    expect(command.changeProduct.safeParse({ ...details, category: 'coffee' }).success).toBe(false);
  });
});

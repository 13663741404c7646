import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../define/event.ts';
import { Deposited, Opened, statementOfAccount, turnoverByLetter } from '../testing/account.ts';
import { envelopeOf } from '../testing/envelope-of.ts';
import { memoryProjectionStore } from '../testing/memory-projection-store.ts';
import { findDocument, listDocuments } from './find-document.ts';
import { init, projection } from './projection.ts';

const opened = envelopeOf(Opened.of({ owner: 'Ada' }));

describe('a projection', () => {
  it('listens to what it has steps for', () => {
    expect(statementOfAccount.listens.map(({ type }) => type)).toEqual([
      'OpenedEvent',
      'DepositedEvent',
      'WithdrawnEvent',
    ]);
  });

  it('is complete when it takes every event of its one aggregate', () => {
    const partial = projection<object>('test.partial', [init(Opened, () => ({}))]);
    expect(statementOfAccount).toMatchObject({ perAggregate: true, complete: true });
    expect(partial).toMatchObject({ perAggregate: true, complete: false });
    expect(turnoverByLetter).toMatchObject({ perAggregate: false, complete: false });
  });

  it('groups documents by ordering key, so that a customer’s are listed together', () => {
    const carts = defineAggregate('shopping', 'cart', 'owner');
    const Added = carts.event('AddedEvent', z.strictObject({}), { version: 1 });
    const view = projection<object>('test.cart', [init(Added, () => ({}))]);
    expect(view.keyOf(envelopeOf(Added.of({}), { aggregateId: 'ada.7' }))).toEqual({
      group: 'ada',
      item: 'ada.7',
    });
  });

  it('refuses to fold several aggregates without saying into what', () => {
    const other = defineAggregate('review', 'other').event('OtherEvent', z.strictObject({}), { version: 1 });
    const steps = [init(Opened, () => ({})), init(other, () => ({}))];
    expect(() => projection<object>('test.two', steps)).toThrow(
      expect.objectContaining({ code: 'bad-projection' }),
    );
    expect(() => projection<object>('test.none', [])).toThrow('needs a keyOf');
  });

  it('refuses an event that it has no step for', () => {
    const view = projection<object>('test.deposits', [init(Deposited, () => ({}))]);
    expect(() => view.evolve(undefined, opened)).toThrow(expect.objectContaining({ code: 'wrong-step' }));
  });
});

describe('a query', () => {
  it('finds a document and says how far it has come, or nothing', async () => {
    const store = memoryProjectionStore();
    const key = { group: 'a1', item: 'a1' };
    const doc = { owner: 'Ada', balance: 0, movements: [] };
    await store.write(statementOfAccount.name, [{ key, doc, watermark: '12', from: undefined }]);
    expect(await findDocument(store, statementOfAccount, key)).toEqual({ ...doc, sequence: 12 });
    expect(await findDocument(store, statementOfAccount, { group: 'a2', item: 'a2' })).toBeUndefined();
    expect(await listDocuments(store, statementOfAccount, 'nobody', { limit: 5 })).toEqual({
      items: [],
      next: undefined,
    });
  });
});

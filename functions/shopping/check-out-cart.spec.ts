import { describe, expect, it } from 'vitest';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { fixedClock } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryVault } from '../../shared/testing/memory-vault.ts';
import { addCartItem, cart } from './cart.ts';
import { CartCheckedOut } from './events.ts';
import { checkOutCart } from './check-out-cart.ts';
import type { OffersOf } from './offers-of.ts';
import { orderId as orderIdSchema } from '../../shared/define/identifiers.ts';

const customerId = 'ada';
const deliveryAddress = { line1: 'Hauptstr. 1', postcode: '10115', city: 'Berlin', country: 'DE' };
const command = { deliveryAddress, paymentMethod: 'card-ok' };
const price = { amount: 2_550, currency: 'EUR' };

const shop = async (offersOf?: OffersOf) => {
  const run = commandHandler(memoryEventStore(), fixedClock());
  const vault = memoryVault();
  const put = (sku: string) =>
    run.execute(cart, customerId, commandContext(`put ${sku}`), (state) =>
      addCartItem(state, new Map(), { customerId, sku, quantity: 2 }),
    );
  await put('chair');
  const offers: OffersOf = async (skus) => new Map(skus.map((sku) => [sku, { sku, price, available: 1 }]));
  return { put, vault, checkOut: checkOutCart(run, offersOf ?? offers, vault) };
};

describe('checking out', () => {
  it('answers with the order that it becomes', async () => {
    const { checkOut } = await shop();
    const { orderId, outcome } = await checkOut(customerId, command, commandContext('ada/k1'));
    expect(orderIdSchema.safeParse(orderId).success).toBe(true);
    expect(outcome.events).toMatchObject([
      {
        eventType: 'CartCheckedOutEvent',
        sequence: 2,
        payload: {
          customerId,
          orderId,
          lines: [{ sku: 'chair', quantity: 2, unitPrice: price }],
          total: { amount: 5_100 },
        },
      },
    ]);
  });

  it('answers a repeated request with the same order, though the cart is empty by then', async () => {
    const { checkOut, put } = await shop();
    const first = await checkOut(customerId, command, commandContext('ada/k1'));
    await put('table');
    const again = await checkOut(customerId, command, commandContext('ada/k1'));
    expect(again.orderId).toBe(first.orderId);
    expect(again.outcome).toEqual({ events: first.outcome.events, repeated: true });
  });

  it('makes another order of another request', async () => {
    const { checkOut, put } = await shop();
    const first = await checkOut(customerId, command, commandContext('ada/k1'));
    await put('table');
    const second = await checkOut(customerId, command, commandContext('ada/k2'));
    expect(second.orderId).not.toBe(first.orderId);
  });

  it('refuses the id of another command of the cart: it would become no order', async () => {
    const { checkOut } = await shop();
    await expect(checkOut(customerId, command, commandContext('put chair'))).rejects.toMatchObject({
      code: 'command-id-reused',
      errorClass: 'business',
    });
    const { outcome } = await checkOut(customerId, command, commandContext('ada/k1'));
    expect(outcome.events).toMatchObject([{ eventType: 'CartCheckedOutEvent', sequence: 2 }]);
  });

  it('writes the address down sealed, for its customer only', async () => {
    const { checkOut, vault } = await shop();
    const { outcome } = await checkOut(customerId, command, commandContext('ada/k1'));
    expect(JSON.stringify(outcome.events)).not.toContain('Hauptstr');
    const [sealed = ''] = outcome.events.flatMap((event) =>
      CartCheckedOut.is(event) ? [event.payload.deliveryAddress] : [],
    );
    expect(await vault.open(customerId, sealed)).toEqual(deliveryAddress);
  });

  it('is to be tried again when the customer puts something in meanwhile', async () => {
    const house: { put?: (sku: string) => Promise<unknown> } = {};
    const { checkOut, put } = await shop(async (skus) => {
      await house.put?.('table');
      return new Map(skus.map((sku) => [sku, { sku, price, available: 1 }]));
    });
    house.put = put;
    await expect(checkOut(customerId, command, commandContext('ada/k1'))).rejects.toMatchObject({
      code: 'cart-changed',
      errorClass: 'transient',
    });
    const { outcome } = await checkOut(customerId, command, commandContext('ada/k1'));
    expect(outcome.events).toMatchObject([{ payload: { lines: [{ sku: 'chair' }, { sku: 'table' }] } }]);
  });
});

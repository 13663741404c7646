import { describe, it } from 'vitest';
import { given } from '../../shared/testing/given.ts';
import { SaleBooked, SaleOpened, SalePaid, SaleRefunded, SaleReversed } from './events.ts';
import { openSale, sale, settleSale } from './sale.ts';

const orderId = 'ada.00000000-0000-8000-8000-000000000001';
const lines = [
  { sku: 'chair', quantity: 2, amount: { amount: 5_100, currency: 'EUR' } },
  { sku: 'table', quantity: 1, amount: { amount: 10_000, currency: 'EUR' } },
];
const opened = SaleOpened.of({ orderId, lines });
const paid = SalePaid.of({ orderId });
const refunded = SaleRefunded.of({ orderId });
const booked = lines.map((line) => SaleBooked.of({ orderId, ...line }));
const reversed = lines.map((line) => SaleReversed.of({ orderId, ...line }));

const open = () => (state: typeof sale.initial) => openSale(state, { orderId, lines });
const settle = (payment: 'paid' | 'refunded') => (state: typeof sale.initial) =>
  settleSale(state, { orderId, payment });

describe('a sale', () => {
  it('books nothing before the money is there', () => {
    given(sale, []).when(open()).then([opened]);
  });

  it('books nothing before its lines are known', () => {
    given(sale, []).when(settle('paid')).then([paid]);
  });

  it('books each line when the payment comes after the lines', () => {
    given(sale, [opened])
      .when(settle('paid'))
      .then([paid, ...booked]);
  });

  it('books each line when the lines come after the payment', () => {
    given(sale, [paid])
      .when(open())
      .then([opened, ...booked]);
  });

  it('takes back each booked line when the payment goes back', () => {
    given(sale, [opened, paid, ...booked])
      .when(settle('refunded'))
      .then([refunded, ...reversed]);
  });
});

describe('a refund that comes first', () => {
  it('is noted, and takes back nothing', () => {
    given(sale, []).when(settle('refunded')).then([refunded]);
    given(sale, [paid]).when(settle('refunded')).then([refunded]);
    given(sale, [opened]).when(settle('refunded')).then([refunded]);
  });

  it('keeps the lines from being booked when they come', () => {
    given(sale, [paid, refunded]).when(open()).then([opened]);
  });

  it('keeps the payment from counting when it comes', () => {
    given(sale, [opened, refunded]).when(settle('paid')).then([]);
  });
});

it('changes nothing when it is told what it knows', () => {
  const whole = [opened, paid, ...booked];
  given(sale, whole).when(open()).then([]);
  given(sale, whole).when(settle('paid')).then([]);
  given(sale, [...whole, refunded, ...reversed])
    .when(settle('refunded'))
    .then([]);
});

import { z } from 'zod';
import { decimalMoney } from '../../shared/define/decimal-money.ts';
import { sku } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';
import { legacyEvent } from '../../shared/legacy/legacy-event.ts';

/** The base price from now on; what promotions take off it is not the caller's to say. */
export const setPrice = z.strictObject({ price: moneySchema.strict() });
export type SetPrice = z.infer<typeof setPrice>;

/** What a legacy system tells of a price, `{sku, price: 19.99, currency}`: its SetPrice (C5). */
export const legacyPriceChanged = legacyEvent(
  'price.changed',
  z
    .object({ sku, price: z.number(), currency: z.string() })
    .transform(({ sku, price, currency }) => ({ sku, price: { amount: price, currency } }))
    .pipe(z.object({ sku, price: decimalMoney })),
);

/** The base price from an instant on, given with any offset and kept in UTC. */
export const schedulePrice = z.strictObject({
  price: moneySchema.strict(),
  from: z.iso
    .datetime({ offset: true })
    .max(40)
    .transform((instant) => new Date(instant).toISOString()),
});
export type SchedulePrice = z.infer<typeof schedulePrice>;

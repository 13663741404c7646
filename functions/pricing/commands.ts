import { z } from 'zod';
import { moneySchema } from '../../shared/define/money.ts';

/** The base price from now on; what promotions take off it is not the caller's to say. */
export const setPrice = z.strictObject({ price: moneySchema.strict() });
export type SetPrice = z.infer<typeof setPrice>;

/** The base price from an instant on, given with any offset and kept in UTC. */
export const schedulePrice = z.strictObject({
  price: moneySchema.strict(),
  from: z.iso
    .datetime({ offset: true })
    .max(40)
    .transform((instant) => new Date(instant).toISOString()),
});
export type SchedulePrice = z.infer<typeof schedulePrice>;

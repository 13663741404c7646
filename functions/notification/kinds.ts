import { z } from 'zod';

/** Everything that customers are told about today, and may mute. */
export const kindSchema = z.enum([
  'order-confirmed',
  'order-cancelled',
  'order-completed',
  'payment-failed',
  'payment-refunded',
  'delivery-dispatched',
  'delivery-completed',
]);

export type Kind = z.infer<typeof kindSchema>;

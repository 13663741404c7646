import { z } from 'zod';
import { emailSchema } from '../../shared/define/email.ts';
import { deliverableEvents } from './deliverable-events.ts';
import { languageSchema, webhookFormatSchema } from './events.ts';
import { kindSchema } from './kinds.ts';

/** SetPreferences. Says all of them: what is left out is not muted. */
export const setPreferences = z.strictObject({
  email: emailSchema,
  /** Kept for the day that mails have translations; they are in English today. */
  language: languageSchema.optional(),
  muted: z.array(kindSchema).max(50).default([]),
});
export type SetPreferences = z.infer<typeof setPreferences>;

/** SubscribeWebhook. Which hosts a URL may name is the stage's to say (`WEBHOOK_TARGETS`). */
export const subscribeWebhook = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an https URL' }).max(500),
  eventTypes: z
    .array(z.enum(deliverableEvents.map(({ type }) => type)))
    .min(1)
    .max(200),
  format: webhookFormatSchema.default('envelope'),
});
export type SubscribeWebhook = z.infer<typeof subscribeWebhook>;

const instant = z.iso.datetime({ error: 'must be an instant such as 2026-03-01T12:00:00Z' });

/** ReplayDeliveries: of the events that happened from an instant on, and before another. */
export const replayDeliveries = z
  .strictObject({
    from: instant,
    to: instant.optional(),
    /** Where the answer before left off. */
    after: z.uuidv7().optional(),
  })
  .refine(({ from, to }) => to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: 'must be after from',
  });
export type ReplayDeliveries = z.infer<typeof replayDeliveries>;

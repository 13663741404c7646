import { z } from 'zod';
import { emailSchema } from '../../shared/define/email.ts';
import { languageSchema } from './events.ts';
import { kindSchema } from './kinds.ts';

/** SetPreferences. Says all of them: what is left out is not muted. */
export const setPreferences = z.strictObject({
  email: emailSchema,
  /** Kept for the day that mails have translations; they are in English today. */
  language: languageSchema.optional(),
  muted: z.array(kindSchema).max(50).default([]),
});
export type SetPreferences = z.infer<typeof setPreferences>;

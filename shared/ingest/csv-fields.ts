import { z } from 'zod';

/** A text that a line must have. */
export const csvText = z.string({ error: 'is missing' });

/** A whole number, written in digits alone. */
export const csvInteger = csvText.regex(/^\d{1,12}$/, 'must be a whole number').transform(Number);

import { z } from 'zod';

/** One address for mail. */
export const emailSchema = z.email('must be an e-mail address').max(254);

import { z } from 'zod';

/**
 * Why somebody outside wants something or refuses it: a code and no prose. It stays in events when all that is personal
 * goes (ADR 16), and prose may say who somebody is.
 */
export const reasonCode = z
  .string()
  .regex(/^[a-z]+(-[a-z]+)*$/, 'must be a code such as changed-mind')
  .max(40);

/**
 * A provider's reason as such a code: `INSUFFICIENT_FUNDS` is `insufficient-funds`.
 * @param otherwise the code where it gave none; a text of several words counts as prose, whatever they are
 */
export const reasonCodeOf = (text: string, otherwise: string): string => {
  const code = text.trim().toLowerCase().replaceAll('_', '-');
  return reasonCode.safeParse(code).success ? code : otherwise;
};

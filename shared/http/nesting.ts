import { HttpProblem } from './problem.ts';

/** Deeper than any request of ours, and far from where recursion over a value ends in a stack overflow. */
const MAX_NESTING = 64;

const isTooDeep = (value: unknown, left = MAX_NESTING): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (left === 0 || Object.values(value).some((inner) => isTooDeep(inner, left - 1)));

/**
 * A value as it is.
 * @throws HttpProblem 400 `nested-too-deep` when lists and objects stand in each other deeper than 64
 */
export const shallow = (value: unknown): unknown => {
  if (!isTooDeep(value)) return value;
  const message = `lists and objects may stand in each other ${MAX_NESTING} deep`;
  throw new HttpProblem(400, 'nested-too-deep', message, [{ path: '', message }]);
};

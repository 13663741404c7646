import { currentRehearsal } from './rehearsal.ts';

/** An effect on the outside, as a rehearsal tells of it. */
export interface OutsideEffect<Result> {
  /** For example `mail`. */
  readonly kind: string;
  /** Whom or what it is aimed at. */
  readonly target: string;
  /** What would be sent, as JSON. */
  readonly content: unknown;
  /** What it would have answered. */
  readonly instead: Result;
  /** Whether it has been done before, so that doing it again would change nothing. Only reads. */
  readonly done?: () => Promise<boolean>;
}

/** Acts on the outside; in a rehearsal it only notes what would have been done. */
export const outside = async <Result>(
  { kind, target, content, instead, done }: OutsideEffect<Result>,
  act: () => Promise<Result>,
): Promise<Result> => {
  const rehearsal = currentRehearsal();
  if (!rehearsal) return act();
  if (!(await done?.())) rehearsal.note({ kind, target, content });
  return instead;
};

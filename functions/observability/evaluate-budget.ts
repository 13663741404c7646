const MILLION = 1_000_000;

/** How the attempts of some stretch of time ended. */
export interface Attempts {
  readonly good: number;
  readonly bad: number;
}

/**
 * What is left of an objective's error budget (Google, "The Site Reliability Workbook", "Implementing SLOs"): of the
 * failures that the objective leaves room for, the share that has not happened. Nothing tried, nothing spent.
 * @param objective parts of a million that are to end well, below a million
 * @returns parts of a million, 0 once it is spent
 */
export const evaluateBudget = ({ good, bad }: Attempts, objective: number): number => {
  if (bad === 0) return MILLION;
  // In millionths, whole numbers as long as they can be: a budget exactly at a tenth has not crossed it.
  const room = (good + bad) * (MILLION - objective);
  return Math.max(0, MILLION - Math.ceil((bad * MILLION * MILLION) / room));
};

/** Which tenth of a budget is being spent: 10 while more than nine tenths are left, 0 once it has run out. */
export const tenthOf = (remaining: number): number => Math.ceil((remaining * 10) / MILLION);

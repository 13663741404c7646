/** An event that a command's answer said was written. */
export interface Written {
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly sequence: number;
}

/**
 * What the mesh said yes to, from outside: all of this must be found again. Held against the tables, the topics,
 * the views and the providers' books at the end of a run.
 */
export class Journal {
  readonly orders: string[] = [];
  /** An article that was ordered with each. */
  readonly articleOf = new Map<string, string>();
  readonly received: { readonly sku: string; readonly quantity: number }[] = [];
  readonly cancelled = new Set<string>();
  readonly dispatched = new Set<string>();
  readonly completed = new Set<string>();
  readonly written: Written[] = [];
  /** Answers that no rule explains. */
  readonly unexpected: string[] = [];
  /** Deeds that found nothing to be done to: an order that is not confirmed yet, or not any more. */
  tooSoon = 0;
}

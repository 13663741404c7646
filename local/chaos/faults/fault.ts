/** Kinds of functions whose processes are killed. */
export const WORKER_ROLES = ['relay', 'projection', 'policy', 'saga-task', 'command'] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

/** Values that do not decode. */
export const POISONS = ['text', 'empty', 'not-utf-8', 'null', 'array', 'cut-off'] as const;
export type Poison = (typeof POISONS)[number];

/** What is wrong with an envelope that is otherwise well formed. */
export const VIOLATIONS = ['bad-payload', 'wrong-key', 'missing-fields', 'future-version'] as const;
export type Violation = (typeof VIOLATIONS)[number];

/** Something that is done to the mesh. A `pick` chooses at run time among what there is by then. */
export type Fault =
  | { readonly kind: 'kill-worker'; readonly role: WorkerRole; readonly pick: number }
  | { readonly kind: 'kill-poller' }
  | { readonly kind: 'kill-broker' }
  | { readonly kind: 'repeat-records'; readonly pick: number; readonly count: number }
  | {
      readonly kind: 'rewind-groups';
      readonly pick: number;
      readonly groups: number;
      readonly records: number;
    }
  | {
      readonly kind: 'poison';
      readonly poison: Poison;
      readonly live: boolean;
      readonly topic: number;
      readonly pick: number;
    }
  | {
      readonly kind: 'violation';
      readonly violation: Violation;
      readonly topic: number;
      readonly pick: number;
    }
  | {
      readonly kind: 'trouble';
      readonly trouble: { readonly latencyMs: number; readonly failing: number; readonly losing: number };
      readonly forMs: number;
    };

export interface PlannedFault {
  /** Since the run began. */
  readonly atMs: number;
  readonly fault: Fault;
}

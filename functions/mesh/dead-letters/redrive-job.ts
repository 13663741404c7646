import { z } from 'zod';
import type { RedriveResult } from '../../../shared/consume/redrive.ts';
import { letterFilter, type LetterFilter } from './letter-filter.ts';

/** What a redrive takes: one letter, the keys whose first letter a filter chooses, or all. */
export interface Selection {
  readonly letter?: string | undefined;
  readonly filter?: LetterFilter | undefined;
  readonly all?: true | undefined;
}

export const selectionFields = {
  letter: z.string().min(1).max(500).optional(),
  filter: letterFilter
    .refine((filter) => Object.keys(filter).length > 0, 'chooses nothing: say all, if all is meant')
    .optional(),
  all: z.literal(true).optional(),
};

/** That a selection is one of the three. */
export const isOneSelection = ({ letter, filter, all }: Selection): boolean =>
  [letter, filter, all].filter((part) => part !== undefined).length === 1;

/** Why a key came to a stop. */
export interface Stop {
  readonly letterId: string;
  readonly code: string;
  readonly message: string;
}

/** A redrive, as it outlives the workers that run it. */
export interface RedriveJob {
  readonly jobId: string;
  readonly selection: Selection;
  /** Letters a second at most. */
  readonly rate: number;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly status: 'queued' | 'running' | 'done' | 'cancelled';
  /** Set on a job that is to stop; its worker stops at the next opportunity. */
  readonly cancelledBy?: string;
  readonly endedAt?: string;
  /** Whose it is, and until when: a worker that is gone has no say. */
  readonly leasedTo?: string;
  readonly leaseUntil?: string;
  readonly progress: Progress;
}

/** What a job works on: a consumer's key with all that is parked for it, or one letter. */
export interface RedriveKey {
  readonly consumerKey: string;
  /** Of the one letter, where it is one. */
  readonly position?: string;
}

/** The order in which keys are taken. */
export const nameOf = ({ consumerKey, position = '' }: RedriveKey): string => `${consumerKey}\n${position}`;

/** How far a job is. What a crash loses of it is done again, which changes nothing. */
export interface Progress {
  /** Keys are taken in the order of their names: all up to this one have had their turn, or are at work. */
  readonly through: string;
  /** Keys at work, which have to be seen to after a crash even when nothing of them is parked any more. */
  readonly keys: readonly RedriveKey[];
  readonly results: Readonly<Partial<Record<RedriveResult, number>>>;
  /** Keys that another job has, and keys that came to a stop. */
  readonly busyKeys: number;
  readonly stoppedKeys: number;
  /** The first stops, for people. */
  readonly stops: readonly Stop[];
  readonly consumers: readonly string[];
}

export const noProgress: Progress = {
  through: '',
  keys: [],
  results: {},
  busyKeys: 0,
  stoppedKeys: 0,
  stops: [],
  consumers: [],
};

const MAX_STOPS = 20;

export const counted = (progress: Progress, results: readonly RedriveResult[]): Progress => {
  const sums = { ...progress.results };
  for (const result of results) sums[result] = (sums[result] ?? 0) + 1;
  return { ...progress, results: sums };
};

export const stopped = (progress: Progress, stop: Stop): Progress => ({
  ...progress,
  stoppedKeys: progress.stoppedKeys + 1,
  stops: progress.stops.length < MAX_STOPS ? [...progress.stops, stop] : progress.stops,
});

/** `stalled`: its worker is gone without a word; `resume` takes it up again. */
export type JobState = RedriveJob['status'] | 'cancelling' | 'stalled';

export const stateOf = ({ status, cancelledBy, leaseUntil }: RedriveJob, now: Date): JobState => {
  if (status !== 'running') return status;
  if (leaseUntil !== undefined && leaseUntil < now.toISOString()) return 'stalled';
  return cancelledBy === undefined ? 'running' : 'cancelling';
};

/** A job as its operator sees it. */
export const viewOf = (job: RedriveJob, now: Date) => {
  const { leasedTo: _, leaseUntil: __, status: ___, progress, ...rest } = job;
  const { results, stoppedKeys, busyKeys, stops } = progress;
  return { ...rest, state: stateOf(job, now), results, stoppedKeys, busyKeys, stops };
};

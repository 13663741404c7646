import { setTimeout as realDelay } from 'node:timers/promises';
import { Process, type Settled } from './process.ts';
import type { Fate } from '../schedule.ts';

/** What functions.yml gives consumers and the relay, in virtual time. */
export const FUNCTION_TIMEOUT_MS = 30_000;

/** Takes note of an answer; `again` when something of the job is left to be done. */
export type Answer = () => 'done' | 'again';

/** One thing that a process is asked to do: an invocation, or a command. */
export interface Job {
  readonly what: string;
  /** Virtual milliseconds until the process is killed (a Lambda timeout). */
  readonly withinMs: number;
  /** @returns what its answer is taken for, if there is still somebody who listens to it */
  run(process: Process, deadline: number): Promise<Answer>;
  /** It threw, or died, or nobody listens any more. */
  failed(): void;
}

/** A source of jobs: the event source mapping of a partition, or the people who send commands. */
export interface Work {
  readonly ready: boolean;
  /** @param size how many records at most */
  begin(size: number): Job;
  /** The last that ended are delivered again, as after a rebalance that lost their offsets. */
  back?(count: number): boolean;
}

interface Running {
  readonly process: Process;
  readonly job: Job;
  readonly deadline: number;
  /** False once somebody else was given the work. */
  heard: boolean;
  outcome?: 'failed' | Answer;
}

/** Back-off timers are over in a millisecond or two (`holdTime`); this only bounds a wait for one that is not there. */
const BACKOFF_WITHIN_MS = 50;

/** What a macrotask finds done that needs no I/O. */
const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Somebody who does one job at a time, in an execution environment that lives until it dies. */
export class Actor {
  readonly name: string;
  readonly #work: Work | undefined;
  #warm: Process | undefined;
  #running: Running | undefined;
  /** A programming error that surfaced in it: of the explorer, or of what it explores. */
  fault: Error | undefined;
  /** Whether its last job failed, or left something undone, so that a new one may need time to pass first. */
  failing = false;

  constructor(name: string, work?: Work) {
    this.name = name;
    this.#work = work;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  get hasWork(): boolean {
    return !this.busy && this.#work?.ready === true;
  }

  get deadline(): number {
    return this.#running?.deadline ?? Infinity;
  }

  /** @returns what it began */
  async begin(size: number, now: number): Promise<string> {
    const job = this.#work?.begin(size);
    if (!job) throw new Error(`${this.name} has nothing to begin`);
    this.#warm ??= new Process(this.name);
    await this.#run({ process: this.#warm, job, deadline: now + job.withinMs, heard: true });
    return job.what;
  }

  async #run(running: Running): Promise<void> {
    this.#running = running;
    const { process, job } = running;
    const end = (outcome: Running['outcome'] & {}): void => {
      running.outcome = outcome;
      process.stir();
    };
    job.run(process, running.deadline).then(end, (error: unknown) => {
      if (isFault(error)) this.fault = error;
      end('failed');
    });
    await drained();
    this.#close();
  }

  async settle(fate: Fate, n: number): Promise<Settled> {
    const running = this.#running;
    if (!running) throw new Error(`${this.name} is idle`);
    const { process } = running;
    const before = process.waiting.length;
    const { activity } = process;
    const settled = await process.settle(fate, n);
    await drained();
    // A lost race for the event table is followed by a back-off on a real timer.
    const backsOff = settled.answered === 'refusal' && settled.what.endsWith(' events');
    if (backsOff && running.outcome === undefined && process.waiting.length < before) {
      await Promise.race([activity, realDelay(BACKOFF_WITHIN_MS)]);
      await drained();
    }
    if (process.dead) this.crash();
    else this.#close();
    return settled;
  }

  /** @returns whether there was anything that had ended */
  back(count: number): boolean {
    return this.#work?.back?.(count) ?? false;
  }

  /** The process is gone, and all that it had in memory. */
  crash(): void {
    this.#running?.process.kill();
    this.#warm = undefined;
    this.#fail();
  }

  /** Somebody else is given this one's work; the job under way goes on as `other`, and nobody listens to its answer. */
  leaveTo(other: Actor): boolean {
    const running = this.#running;
    if (!running || other.busy) return false;
    this.#warm = undefined;
    this.#fail();
    running.heard = false;
    other.#running = running;
    return true;
  }

  #close(): void {
    const running = this.#running;
    if (!running?.outcome) {
      if (running?.process.waiting.length === 0)
        throw new Error(`${this.name} hangs in "${running.job.what}"`);
      return;
    }
    if (running.outcome === 'failed') this.#fail();
    else {
      this.#running = undefined;
      this.failing = running.heard && running.outcome() === 'again';
    }
  }

  #fail(): void {
    const running = this.#running;
    this.#running = undefined;
    this.failing = true;
    if (running?.heard) running.job.failed();
  }
}

/** What is thrown for a bug in code, and never for a rule, a conflict or an engine. */
const isFault = (error: unknown): error is Error =>
  error instanceof TypeError || error instanceof ReferenceError;

import type { Fate } from '../schedule.ts';

/** An I/O call that a process has come to and that the schedule has not let happen yet. */
interface PendingCall {
  readonly what: string;
  /** It can only happen or not, such as time that passes. */
  readonly certain: boolean;
  /** Lets it happen; `half` where only a part of it may. */
  readonly perform: (part?: 'half') => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** How a call ended: what it was, and what the process got to know; `refusal` is the service's own, a failed condition. */
export interface Settled {
  readonly what: string;
  readonly fate: Fate;
  readonly answered: 'answer' | 'refusal' | 'error' | 'nothing';
}

/** As the AWS SDK and kafkajs name what can happen to a request; the class of both is transient. */
const throttled = (): Error => Object.assign(new Error('refused'), { name: 'ThrottlingException' });
const timedOut = (): Error => Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });

/** Not the mesh failed but what it runs on: the run says nothing. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
}

/**
 * One execution environment: what runs in it stops at each I/O call until the schedule says what becomes of the
 * call. Once dead it never goes on, and with it goes all that it had in memory.
 */
export class Process {
  readonly name: string;
  readonly #pending: PendingCall[] = [];
  #dead = false;
  #activity = Promise.withResolvers<undefined>();

  constructor(name: string) {
    this.name = name;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** What it waits for, in the order it came to it. */
  get waiting(): readonly string[] {
    return this.#pending.map(({ what }) => what);
  }

  /** Resolves when the process comes to another call, or says that it has come to its end. */
  get activity(): Promise<undefined> {
    return this.#activity.promise;
  }

  /** Through here goes every I/O call. `perform` must take effect whole, or as `half` in part. */
  readonly call = <T>(
    what: string,
    perform: (part?: 'half') => Promise<T>,
    { certain = false } = {},
  ): Promise<T> => {
    if (this.#dead) return new Promise<T>(() => undefined);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // Only what `perform` of this very call answers is passed to `resolve`.
    this.#pending.push({ what, certain, perform, resolve: resolve as PendingCall['resolve'], reject });
    this.stir();
    return promise;
  };

  stir(): void {
    this.#activity.resolve(undefined);
    this.#activity = Promise.withResolvers();
  }

  kill(): void {
    this.#dead = true;
    this.#pending.length = 0;
  }

  /** Lets fate have its way with the n-th waiting call, counted from 1, round and round. */
  async settle(fate: Fate, n: number): Promise<Settled> {
    const [call] = this.#pending.splice((n - 1) % this.#pending.length, 1);
    if (!call) throw new Error(`${this.name} waits for nothing`);
    const does = call.certain && fate !== 'die' && fate !== 'done-die' ? 'go' : fate;
    return { what: call.what, fate: does, answered: await this.#meet(call, does) };
  }

  async #meet(call: PendingCall, fate: Fate): Promise<Settled['answered']> {
    if (fate === 'die') {
      this.kill();
      return 'nothing';
    }
    if (fate === 'refuse') {
      call.reject(throttled());
      return 'error';
    }
    if (fate === 'twice') await Promise.allSettled([call.perform()]);
    const [answer] = await Promise.allSettled([call.perform(fate === 'half' ? 'half' : undefined)]);
    if (answer.status === 'rejected' && answer.reason instanceof EngineFailure) throw answer.reason;
    if (fate === 'done-die') this.kill();
    else if (fate === 'lose' || fate === 'half') call.reject(timedOut());
    else if (answer.status === 'fulfilled') call.resolve(answer.value);
    else {
      call.reject(answer.reason);
      return 'refusal';
    }
    return fate === 'done-die' ? 'nothing' : fate === 'lose' || fate === 'half' ? 'error' : 'answer';
  }
}

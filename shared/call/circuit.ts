import { BrokenCircuitError, circuitBreaker, CircuitState, CountBreaker, handleAll } from 'cockatiel';
import { classify } from '../errors/classify.ts';
import { UnavailableError } from '../errors/mesh-error.ts';
import type { CircuitMemory, CircuitRecord, Opened, RememberedCircuit } from './circuit-memory.ts';

/** How long an open circuit refuses calls, and how long a round of probes lasts: nobody is put off for longer. */
export const REFUSES_FOR_MS = 10_000;
/** As many successes close it. One failure among so few is more than the 10 % that C15 allows. */
const PROBES = 5;
const PROBE_ERRORS = 0.1;
/** The window: the last calls, however long ago. Below the minimum it says nothing. */
const WINDOW_CALLS = 20;
const MIN_CALLS = 5;
/** Opens at half (CON-12): the library opens above its threshold, and the window never holds so fine a share. */
const ERRORS = 0.499;
/** More calls at once on one record than probes: the rest give way. The window is a sample, not a ledger. */
const MAX_TRIES = PROBES + 1;

type Phase = 'closed' | 'half-open' | 'open';

/** Hears what a circuit does; not of calls through a closed one. */
export interface CircuitWatcher {
  /** A call met a circuit that was not closed. */
  met(provider: string, phase: Phase): void;
  changed(provider: string, phase: Phase): void;
  /** The memory failed: the call goes on as through a closed circuit, or its result is not counted. */
  forgetful(provider: string, error: unknown): void;
}

/** Keeps calls from a provider that is down, and finds out when it is back (CON-12, C15). */
export interface Circuit {
  /**
   * Runs a call. Only a transient failure counts against the provider: any other error is an answer.
   * @throws UnavailableError `circuit-open` when the call was not made; whatever the call throws
   */
  run<T>(call: () => Promise<T>): Promise<T>;
}

/** For providers that need no circuit, and for tests. */
export const noCircuit: Circuit = { run: (call) => call() };

/**
 * A circuit breaker whose memory all instances of a function share: an instance of its own window would see too
 * few calls to ever open (ADR 12). What a window is and when it opens, half-opens and closes is cockatiel's.
 * @param provider its name in metrics, logs and messages
 */
export const circuit = (provider: string, memory: CircuitMemory, watcher: CircuitWatcher): Circuit => {
  const refusal = (until: number): UnavailableError =>
    new UnavailableError('circuit-open', `the circuit of ${provider} is open`, new Date(until));

  /** Lets a call through, or refuses it. A probe takes its place among the few before it is made. */
  const admit = async (): Promise<RememberedCircuit | undefined> => {
    for (let tries = 1; ; tries += 1) {
      const found = await memory.load();
      const opened = found?.record.opened;
      if (!found || !opened) return found;
      const now = Date.now();
      const place = now < opened.until ? undefined : takePlace(opened, now);
      watcher.met(provider, now < opened.until ? 'open' : 'half-open');
      if (!place) throw refusal(Math.max(opened.until, opened.round.endsAt));
      const record = { ...found.record, opened: place };
      if (await memory.save(record, found.revision)) {
        if (opened.round.endsAt === 0) watcher.changed(provider, 'half-open');
        return { record, revision: found.revision + 1 };
      }
      if (tries === MAX_TRIES) throw refusal(now + REFUSES_FOR_MS);
    }
  };

  const report = async (known: RememberedCircuit | undefined, failed: boolean): Promise<void> => {
    let found = known;
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const next = await judge(found?.record, failed, Date.now());
      if (!next) return;
      if (await memory.save(next.record, found?.revision ?? 0)) {
        if (next.changedTo) watcher.changed(provider, next.changedTo);
        return;
      }
      found = await memory.load();
    }
  };

  /** A breaker that cannot remember must not be one more thing that fails an order. */
  const forgiving = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      watcher.forgetful(provider, error);
      return undefined;
    }
  };

  return {
    run: async (call) => {
      const known = await forgiving(admit());
      try {
        const result = await call();
        await forgiving(report(known, false));
        return result;
      } catch (error) {
        await forgiving(report(known, classify(error) === 'transient'));
        throw error;
      }
    },
  };
};

/** A probe's place in the present round, or in a new one; undefined when the round is full. */
const takePlace = (opened: Opened, now: number): Opened | undefined => {
  const { passed, round } = opened;
  if (now >= round.endsAt) return { ...opened, round: { endsAt: now + REFUSES_FOR_MS, underWay: 1 } };
  if (round.underWay >= PROBES - passed) return undefined;
  return { ...opened, round: { ...round, underWay: round.underWay + 1 } };
};

const onePassed = ({ until, passed, round: { endsAt, underWay } }: Opened): Opened => ({
  until,
  passed: passed + 1,
  round: { endsAt, underWay: Math.max(0, underWay - 1) },
});

/** Replays a call's outcome to the breaker. Undefined when it says nothing: it began before the circuit opened. */
const judge = async (
  known: CircuitRecord | undefined,
  failed: boolean,
  now: number,
): Promise<{ readonly record: CircuitRecord; readonly changedTo?: Phase } | undefined> => {
  const passed = known?.opened?.passed ?? 0;
  const breaker = circuitBreaker(handleAll, {
    breaker: new CountBreaker({ threshold: ERRORS, size: WINDOW_CALLS, minimumNumberOfCalls: MIN_CALLS }),
    halfOpenAfter: REFUSES_FOR_MS,
    // A half-open breaker forgets its samples when it is written down: what has passed shortens what is left.
    halfOpenSampling: { calls: PROBES - passed, threshold: PROBE_ERRORS },
    ...(known && { initialState: known.breaker }),
  });
  try {
    await breaker.execute(() => (failed ? Promise.reject(new ProviderFailed()) : Promise.resolve()));
  } catch (error) {
    if (error instanceof BrokenCircuitError) return undefined;
    if (!(error instanceof ProviderFailed)) throw error;
  }
  const memory = { breaker: breaker.toJSON() };
  const wasClosed = !known?.opened;
  switch (breaker.state) {
    case CircuitState.Open:
      return {
        record: {
          ...memory,
          opened: { until: now + REFUSES_FOR_MS, passed: 0, round: { endsAt: 0, underWay: 0 } },
        },
        changedTo: 'open',
      };
    case CircuitState.HalfOpen:
      return known?.opened && { record: { ...memory, opened: onePassed(known.opened) } };
    case CircuitState.Closed:
    case CircuitState.Isolated:
      return wasClosed ? { record: memory } : { record: memory, changedTo: 'closed' };
  }
};

class ProviderFailed extends Error {}

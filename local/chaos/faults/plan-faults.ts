import fc from 'fast-check';
import { draw, pick } from '../draw.ts';
import { POISONS, VIOLATIONS, WORKER_ROLES, type Fault, type PlannedFault } from './fault.ts';

const MINUTE_MS = 60_000;

/** A share of something, evenly drawn: `fc.double` draws bits, and so hardly anything but values near 0. */
const share = fc.nat(9_999).map((n) => n / 10_000);

/** One kind of fault; its n-th occurrence. */
interface Kind {
  readonly perMinute: number;
  readonly fault: (n: number) => fc.Arbitrary<Fault>;
}

const cycle = <T>(things: readonly T[], n: number): T => {
  const thing = things[n % things.length];
  if (thing === undefined) throw new RangeError('nothing to choose from');
  return thing;
};

const trouble = (latencyMs: number, failing: number, losing: number, forMs: number): fc.Arbitrary<Fault> =>
  fc.constant({ kind: 'trouble', trouble: { latencyMs, failing, losing }, forMs });

/** Slow; down, so that the circuit opens; breaking off; a bit of everything. */
const troubles = [
  trouble(1_500, 0, 0, 6_000),
  trouble(100, 1, 0, 8_000),
  trouble(0, 0, 0.6, 5_000),
  trouble(600, 0.3, 0.3, 6_000),
];

const kinds: readonly Kind[] = [
  ...WORKER_ROLES.map((role): Kind => ({
    perMinute: 3,
    fault: () => pick.map((by): Fault => ({ kind: 'kill-worker', role, pick: by })),
  })),
  { perMinute: 0.8, fault: () => fc.constant({ kind: 'kill-poller' }) },
  { perMinute: 0.6, fault: () => fc.constant({ kind: 'kill-broker' }) },
  {
    perMinute: 4,
    fault: () =>
      fc
        .tuple(pick, fc.integer({ min: 5, max: 40 }))
        .map(([by, count]): Fault => ({ kind: 'repeat-records', pick: by, count })),
  },
  {
    perMinute: 0.8,
    fault: () =>
      fc
        .tuple(pick, fc.integer({ min: 2, max: 4 }), fc.integer({ min: 5, max: 20 }))
        .map(([by, groups, records]): Fault => ({ kind: 'rewind-groups', pick: by, groups, records })),
  },
  ...[true, false].map((live): Kind => ({
    perMinute: live ? 3 : 2,
    fault: (n) =>
      fc
        .tuple(pick, pick)
        .map(([topic, by]): Fault => ({ kind: 'poison', poison: cycle(POISONS, n), live, topic, pick: by })),
  })),
  {
    perMinute: 4,
    fault: (n) =>
      fc.tuple(pick, pick).map(([topic, by]): Fault => ({
        kind: 'violation',
        violation: cycle(VIOLATIONS, n),
        topic,
        pick: by,
      })),
  },
  // One after the other, so that each of them comes even in the shortest run; rare enough that most orders are paid.
  { perMinute: 1.2, fault: (n) => cycle(troubles, n) },
];

/** At least once, and each trouble of the gateway. */
const occurrences = ({ perMinute }: Kind, minutes: number, atLeast: number): number =>
  Math.max(atLeast, Math.round(perMinute * minutes));

/**
 * What is done to the mesh in a run, and when: the same for the same seed. Each kind comes at least once, spread
 * over the run, at a moment by chance within its share of it.
 */
export const planFaults = (seed: number, minutes: number): readonly PlannedFault[] => {
  const spanMs = minutes * MINUTE_MS;
  const planned = kinds.flatMap((kind, k) => {
    const times = occurrences(kind, minutes, k === kinds.length - 1 ? troubles.length : 1);
    return Array.from({ length: times }, (_, n) =>
      fc.tuple(share, kind.fault(n)).map(([when, fault]): PlannedFault => ({
        atMs: Math.round(((n + when) / times) * spanMs),
        fault,
      })),
    );
  });
  return draw(fc.tuple(...planned), seed).toSorted((a, b) => a.atMs - b.atMs);
};

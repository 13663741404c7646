import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';

/**
 * What is watched over a stretch of time, such as `orders.cancelled`: its id is the signal's name, and so is its
 * ordering key.
 */
export const signal = defineAggregate('observability', 'signal');

const name = z
  .string()
  .regex(/^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)*$/)
  .max(80);
/** The minute that was looked at: RFC 3339, at its first millisecond. */
const minute = z.iso.datetime({ precision: 3 });
/** Parts of a million: shares as integers. */
const ppm = z.int().min(0).max(1_000_000);

/** A signal left what it usually is (ANA-01). */
export const AnomalyDetected = signal.event(
  'AnomalyDetectedEvent',
  z.object({
    signal: name,
    minute,
    observed: z.int().min(0),
    usual: z.int().min(0),
    threshold: z.int().min(0),
  }),
  { version: 1 },
);

/** Events fell short of what is promised of them (DQG-01): too many lacked something, or broke a rule. */
export const QualityAlertRaised = signal.event(
  'QualityAlertRaisedEvent',
  z.object({ signal: name, minute, failing: ppm, allowed: ppm, events: z.int().min(1) }),
  { version: 1 },
);

/** How much of an objective's error budget is left, each time that it changes by a tenth or runs out. */
export const SloBudgetChanged = signal.event(
  'SloBudgetChangedEvent',
  z.object({ signal: name, minute, objective: ppm, remaining: ppm }),
  { version: 1 },
);

export type SignalEvent = EventOf<
  typeof AnomalyDetected | typeof QualityAlertRaised | typeof SloBudgetChanged
>;

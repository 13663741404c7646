import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import type { Money } from '../../../shared/define/money.ts';
import { PermanentError } from '../../../shared/errors/mesh-error.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { PriceScheduled } from '../events.ts';

/** A price that is to take effect, and what asked for it: its effect goes on in the same correlation. */
export interface Schedule {
  readonly sku: string;
  readonly scheduleId: string;
  readonly from: string;
  readonly basePrice: Money;
  readonly cause: {
    readonly causationId: string;
    readonly correlationId: string;
    readonly traceId: string;
    readonly userId?: string | undefined;
  };
}

/** The UTC minute of an instant, by which schedules are grouped. */
export const minuteOf = (instant: string): string => instant.slice(0, 'YYYY-MM-DDTHH:MM'.length);

const scheduled = (event: EventEnvelope) => {
  if (PriceScheduled.is(event)) return event.payload;
  throw new PermanentError('no-document', `${event.eventType} schedules nothing`);
};

/** The prices that take effect in each minute, in the order in which they do. */
export const schedules = projection<Schedule>(
  'pricing.schedules',
  [
    init(PriceScheduled, ({ eventId, metadata, payload: { sku, scheduleId, from, basePrice } }) => ({
      sku,
      scheduleId,
      from,
      basePrice,
      cause: {
        causationId: eventId,
        correlationId: metadata.correlationId,
        traceId: metadata.traceId,
        userId: metadata.userId,
      },
    })),
  ],
  (event) => {
    const { from, sku, scheduleId } = scheduled(event);
    return { group: minuteOf(from), item: `${from}#${sku}#${scheduleId}` };
  },
);

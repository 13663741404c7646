import type { MSKEvent } from 'aws-lambda';
import { z } from 'zod';
import { defineAggregate } from '../shared/define/event.ts';
import { init, projection, when } from '../shared/project/projection.ts';
import { envelopeOf } from '../shared/testing/envelope-of.ts';
import { mskEvent, mskRecord } from '../shared/testing/msk-event.ts';

/** What the consumer benchmarks fold: a parcel that is scanned again and again. Its document stays under 1 KB. */
const parcels = defineAggregate('delivery', 'bench-parcel');

const scan = z.strictObject({
  depot: z.string().min(1).max(60),
  conveyor: z.int().min(0),
  weightGrams: z.int().min(1),
  checks: z.array(z.strictObject({ name: z.string(), passed: z.boolean() })).max(10),
});

export const ParcelRegistered = parcels.event(
  'ParcelRegisteredEvent',
  z.strictObject({ recipient: z.string(), scan }),
  { version: 1 },
);
export const ParcelScanned = parcels.event('ParcelScannedEvent', z.strictObject({ scan }), { version: 1 });

interface Parcel {
  readonly recipient: string;
  readonly lastSeen: z.infer<typeof scan>;
  readonly scans: number;
  readonly updatedAt: string;
}

export const parcelPosition = projection<Parcel>('bench.parcel-position', [
  init(ParcelRegistered, ({ payload, occurredOn }) => ({
    recipient: payload.recipient,
    lastSeen: payload.scan,
    scans: 1,
    updatedAt: occurredOn,
  })),
  when(ParcelScanned, (parcel, { payload, occurredOn }) => ({
    ...parcel,
    lastSeen: payload.scan,
    scans: parcel.scans + 1,
    updatedAt: occurredOn,
  })),
]);

export const BATCH_RECORDS = 500;

/**
 * One Lambda event after the other: 500 records in one partition, over `keys` parcels that go round and round; with
 * Infinity every record is about a parcel of its own.
 */
export const parcelBatches = (keys: number): (() => MSKEvent) => {
  let turn = 0;
  let offset = 0;
  const next = () => {
    const parcel = turn % keys;
    const sequence = Math.floor(turn / keys) + 1;
    turn += 1;
    const seen = {
      depot: `Depot ${sequence % 40}`,
      conveyor: sequence % 9,
      weightGrams: 1_250,
      checks: ['address', 'weight', 'label'].map((name) => ({ name, passed: true })),
    };
    const event =
      sequence === 1
        ? ParcelRegistered.of({ recipient: 'Ada Lovelace, London', scan: seen })
        : ParcelScanned.of({ scan: seen });
    return mskRecord(parcels, envelopeOf(event, { aggregateId: `parcel-${parcel}`, sequence }), {
      offset: offset++,
    });
  };
  return () => mskEvent(Array.from({ length: BATCH_RECORDS }, next));
};

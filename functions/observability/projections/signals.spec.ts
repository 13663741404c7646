import { expect, it } from 'vitest';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import type { Projection } from '../../../shared/project/projection.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { AnomalyDetected, QualityAlertRaised, signal as definition, SloBudgetChanged } from '../events.ts';
import { findings } from './findings.ts';
import { signalState } from './signals.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 11, minute)).toISOString();
const anomaly = (signal: string, minute: number, observed: number) =>
  AnomalyDetected.of({ signal, minute: at(minute), observed, usual: 2, threshold: 5 });
const budget = (signal: string, minute: number, remaining: number) =>
  SloBudgetChanged.of({ signal, minute: at(minute), objective: 900_000, remaining });
const quality = (signal: string, minute: number) =>
  QualityAlertRaised.of({ signal, minute: at(minute), failing: 20_000, allowed: 10_000, events: 50 });

const [cancelled, confirmed] = ['orders.cancelled', 'orders.confirmed'] as const;
const streams = [
  envelopesOf(cancelled, [anomaly(cancelled, 1, 9), quality(cancelled, 1), anomaly(cancelled, 3, 12)]),
  envelopesOf(confirmed, [budget(confirmed, 1, 900_000), budget(confirmed, 2, 0)]),
];
const inOrder = streams.flat().map((event) => deliveryOf(definition, event));

it('a signal shows the last finding of each kind', async () => {
  const store = memoryProjectionStore();
  await projecting(signalState, store).process(inOrder);
  expect(await findDocument(store, signalState, { group: cancelled, item: cancelled })).toEqual({
    signal: cancelled,
    anomaly: { minute: at(3), observed: 12, usual: 2, threshold: 5 },
    quality: { minute: at(1), failing: 20_000, allowed: 10_000, events: 50 },
    updatedAt: '2026-03-01T12:00:00.002Z',
    sequence: 3,
  });
  expect(await findDocument(store, signalState, { group: confirmed, item: confirmed })).toEqual({
    signal: confirmed,
    budget: { minute: at(2), objective: 900_000, remaining: 0 },
    updatedAt: '2026-03-01T12:00:00.001Z',
    sequence: 2,
  });
});

it('a signal lists its findings, the newest minute first', async () => {
  const store = memoryProjectionStore();
  await projecting(findings, store).process(inOrder);
  const page = await listDocuments(store, findings, cancelled, { limit: 2, newestFirst: true });
  expect(page.items).toEqual([
    {
      minute: at(3),
      kind: 'anomaly',
      foundAt: '2026-03-01T12:00:00.002Z',
      observed: 12,
      usual: 2,
      threshold: 5,
    },
    {
      minute: at(1),
      kind: 'quality',
      foundAt: '2026-03-01T12:00:00.001Z',
      failing: 20_000,
      allowed: 10_000,
      events: 50,
    },
  ]);
  const rest = await listDocuments(store, findings, cancelled, {
    limit: 2,
    newestFirst: true,
    after: page.next,
  });
  expect(rest.items).toMatchObject([{ minute: at(1), kind: 'anomaly', observed: 9 }]);
});

it.each<[string, Projection<unknown>]>([
  ['signals', signalState],
  ['findings', findings],
])('%s come to the same documents however the events are delivered', async (_name, projection) =>
  expectSameHoweverDelivered(projection, streams),
);

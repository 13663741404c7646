import { expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { preferences as definition, PreferencesSet } from '../events.ts';
import { preferences } from './preferences.ts';

const streams = ['ada', 'bob'].map((customerId) =>
  envelopesOf(customerId, [
    PreferencesSet.of({
      customerId,
      email: sealedForTest('first'),
      language: 'de',
      muted: ['order-confirmed'],
    }),
    PreferencesSet.of({ customerId, email: sealedForTest('second'), muted: ['payment-failed'] }),
    PreferencesSet.of({ customerId, email: sealedForTest('third'), muted: [] }),
  ]),
);
const inOrder = streams.flat().map((event) => deliveryOf(definition, event));

it('shows what a customer said last, and nothing of what they said before', async () => {
  const store = memoryProjectionStore();
  await projecting(preferences, store).process(inOrder);
  expect(await findDocument(store, preferences, { group: 'ada', item: 'ada' })).toEqual({
    customerId: 'ada',
    email: sealedForTest('third'),
    muted: [],
    updatedAt: '2026-03-01T12:00:00.002Z',
    sequence: 3,
  });
});

it('comes to the same wishes however the events are delivered', () =>
  expectSameHoweverDelivered(preferences, streams, (id) => definition.orderingKey(id)));

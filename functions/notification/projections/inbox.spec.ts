import { expect, it } from 'vitest';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { notification, notificationId, NotificationFailed, NotificationSent } from '../events.ts';
import { inbox } from './inbox.ts';

/** Ids of events that happened one after the other: UUIDv7s begin with the time (RFC 9562). */
const causes = ['019ca000-0000', '019ca000-0001', '019ca000-0002', '019ca001-0000'].map(
  (t) => `${t}-7abc-8def-0123456789ab`,
);
const kind = 'order-confirmed';

const entry = (customerId: string, causeEventId: string, failed: boolean) =>
  envelopesOf(notificationId(customerId, causeEventId), [
    failed
      ? NotificationFailed.of({ customerId, kind, reason: 'no-address', causeEventId })
      : NotificationSent.of({ customerId, kind, subject: 'Your order is confirmed', causeEventId }),
  ]);

const streams = ['ada', 'bob'].flatMap((customerId) =>
  causes.map((cause, i) => entry(customerId, cause, i === 2)),
);
const inOrder = streams.flat().map((event) => deliveryOf(notification, event));

it('lists what a customer was told, newest first, page by page', async () => {
  const store = memoryProjectionStore();
  await projecting(inbox, store).process(inOrder.toReversed());

  const first = await listDocuments(store, inbox, 'ada', { limit: 3, newestFirst: true });
  const [, failed, sent] = first.items;
  expect(failed).toEqual({
    notificationId: `ada.${causes[2]}`,
    kind,
    status: 'failed',
    reason: 'no-address',
    at: '2026-03-01T12:00:00.000Z',
  });
  expect(sent).toEqual({
    notificationId: `ada.${causes[1]}`,
    kind,
    status: 'sent',
    subject: 'Your order is confirmed',
    at: '2026-03-01T12:00:00.000Z',
  });
  const rest = await listDocuments(store, inbox, 'ada', { limit: 3, after: first.next, newestFirst: true });
  const ids = [...first.items, ...rest.items].map(({ notificationId: id }) => id);
  expect(ids).toEqual(causes.map((cause) => `ada.${cause}`).toReversed());
  expect(rest.next).toBeUndefined();
});

it('comes to the same entries however the events are delivered', () =>
  expectSameHoweverDelivered(inbox, streams, (id) => notification.orderingKey(id)));

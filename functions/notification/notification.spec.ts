import { expect, it } from 'vitest';
import { customerOf } from '../../shared/define/event.ts';
import { testEventId } from '../../shared/testing/envelope-of.ts';
import { given } from '../../shared/testing/given.ts';
import {
  notification as definition,
  notificationId,
  NotificationFailed,
  NotificationSent,
  preferences,
} from './events.ts';
import { notification, recordTold } from './notification.ts';
import type { Message } from './policies/notify.ts';

const causeEventId = testEventId('the confirmation');
const message: Message = {
  customerId: 'ada',
  kind: 'order-confirmed',
  subject: 'Your order is confirmed',
  body: 'Thank you.\n',
  causeEventId,
};
const sent = NotificationSent.of({
  customerId: 'ada',
  kind: 'order-confirmed',
  subject: 'Your order is confirmed',
  causeEventId,
});
const failed = NotificationFailed.of({
  customerId: 'ada',
  kind: 'order-confirmed',
  reason: 'no-address',
  causeEventId,
});

it('records a mail that was sent', () => {
  given(notification, [])
    .when((state) => recordTold(state, message, { outcome: 'sent' }))
    .then([sent]);
});

it('records why a customer could not be told', () => {
  given(notification, [])
    .when((state) => recordTold(state, message, { outcome: 'failed', reason: 'no-address' }))
    .then([failed]);
});

it('records a reason of any length', () => {
  const reason = `MessageRejected: ${'x'.repeat(1_000)}`;
  given(notification, [])
    .when((state) => recordTold(state, message, { outcome: 'failed', reason }))
    .then([
      NotificationFailed.of({
        customerId: 'ada',
        kind: 'order-confirmed',
        reason: reason.slice(0, 500),
        causeEventId,
      }),
    ]);
});

it('leaves no trace of what nobody wanted to hear', () => {
  given(notification, [])
    .when((state) => recordTold(state, message, { outcome: 'muted' }))
    .then([]);
});

it.each([
  ['sent', [sent]],
  ['failed', [failed]],
] as const)('is over once it is %s', (_, history) => {
  for (const outcome of [{ outcome: 'sent' }, { outcome: 'failed', reason: 'late' }] as const) {
    given(notification, history)
      .when((state) => recordTold(state, message, outcome))
      .then([]);
  }
});

it("keeps a customer's notifications and preferences in the customer's order", () => {
  const id = notificationId('ada', causeEventId);
  expect(customerOf(id)).toBe('ada');
  expect([definition.orderingKey(id), preferences.orderingKey('ada')]).toEqual(['ada', 'ada']);
});

import { describe, expect, it } from 'vitest';
import { NotificationSent } from '../../../functions/notification/events.ts';
import { OrderConfirmed } from '../../../functions/order/events.ts';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { checkMails } from './check-mails.ts';

const customerId = 'ada';
const orderId = 'ada.0190f3c2-5b7e-7c31-9d0a-1f2e3d4c5b6a';
const confirmed = envelopeOf(OrderConfirmed.of({ customerId, total: { amount: 1, currency: 'EUR' } }), {
  aggregateId: orderId,
});
const subject = `Your order ${orderId} is confirmed`;
const told = envelopeOf(
  NotificationSent.of({ customerId, kind: 'order-confirmed', subject, causeEventId: confirmed.eventId }),
  { aggregateId: `ada.${confirmed.eventId}` },
);
const mail = (at: number) => ({ to: 'ada@example.test', subject, at });
const check = (
  events: Parameters<typeof checkMails>[0],
  mails: Parameters<typeof checkMails>[1],
  deaths: number[] = [],
) => checkMails(events, mails, (id) => `${id}@example.test`, deaths);

describe('whatever a customer is to be told', () => {
  it('is told once, by one mail', () => {
    expect(check([confirmed, told], [mail(1)])).toEqual({ sent: 1, deviations: [], repeatedByDeath: [] });
  });

  it.each([
    ['is lost', [confirmed], [], /was told to ada 0 times/],
    ['is told twice', [confirmed, told, { ...told, sequence: 2 }], [mail(1), mail(2)], /2 times/],
    ['is recorded but not mailed', [confirmed, told], [], /sent 0 times instead of 1/],
    ['is mailed twice', [confirmed, told], [mail(1), mail(9)], /sent 2 times instead of 1/],
    ['is mailed but not recorded', [], [mail(1)], /sent 1 times instead of 0/],
  ])('%s', (_, events, mails, deviation) => {
    expect(check(events, mails).deviations.join('\n')).toMatch(deviation);
  });

  it('may be mailed again where the process died in between, and only then', () => {
    const twice = [mail(10_000), mail(45_000)];
    expect(check([confirmed, told], twice, [10_500])).toMatchObject({
      deviations: [],
      repeatedByDeath: [`"${subject}" to ada@example.test`],
    });
    expect(check([confirmed, told], twice, [5_000]).deviations).toHaveLength(1);
    expect(check([confirmed, told], [...twice, mail(46_000)], [10_500]).deviations).toHaveLength(1);
  });
});

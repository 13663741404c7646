import { describe, expect, it } from 'vitest';
import { reacting } from '../../shared/consume/policy.ts';
import { commandHandler, type CommandContext } from '../../shared/decide/command-handler.ts';
import { TransientError } from '../../shared/errors/mesh-error.ts';
import { envelopeOf, testEventId } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryVault } from '../../shared/testing/memory-vault.ts';
import { memoryOnce } from '../../shared/testing/memory-once.ts';
import { deliveryOf } from '../../shared/testing/msk-event.ts';
import { order, OrderConfirmed } from '../order/events.ts';
import { notification as definition, notificationId } from './events.ts';
import type { Mail, Mailed } from './mailer.ts';
import { notifying } from './notifying.ts';
import { notify } from './policies/notify.ts';
import { preferences, setPreferences } from './preferences.ts';

const customerId = 'ada';
const email = 'ada@example.com';
const orderId = `ada.${testEventId('the order')}`;
const confirmed = envelopeOf(OrderConfirmed.of({ customerId, total: { amount: 1_999, currency: 'EUR' } }), {
  aggregateId: orderId,
});
const delivered = [deliveryOf(order, confirmed)];
const context: CommandContext = { ...confirmed.metadata, commandId: 'set-preferences' };

const mesh = (answers: readonly (Mailed | Error)[] = []) => {
  const store = memoryEventStore();
  const commands = commandHandler(store);
  const mails: Mail[] = [];
  const queue = [...answers];
  const mailer = {
    send: async (mail: Mail): Promise<Mailed> => {
      mails.push(mail);
      const answer = queue.shift() ?? { status: 'sent' };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const once = memoryOnce();
  const vault = memoryVault();
  return {
    mails,
    store,
    consumer: reacting(notify, notifying({ commands, vault, once, mailer })),
    crashing: reacting(notify, notifying({ commands: { ...commands, execute: crash }, vault, once, mailer })),
    erase: () => vault.destroy(customerId),
    wish: async (...muted: 'order-confirmed'[]) => {
      const sealed = await vault.seal(customerId, email);
      const wishing = { ...context, commandId: `wish ${muted.join()}` };
      await commands.execute(preferences, customerId, wishing, (state) =>
        setPreferences(state, { customerId, email: sealed, muted }),
      );
    },
    recorded: async () =>
      (await store.load(definition, notificationId(customerId, confirmed.eventId))).flatMap(
        ({ events }) => events,
      ),
  };
};

const crash = (): Promise<never> => Promise.reject(new Error('the process died'));

describe('telling a customer', () => {
  it('mails to the address they gave, and records it on the trail of what it is about', async () => {
    const { consumer, wish, mails, recorded } = mesh();
    await wish();
    expect(await consumer.process(delivered)).toEqual([{ kind: 'applied' }]);
    expect(mails).toMatchObject([{ customerId, to: email, subject: `Your order ${orderId} is confirmed` }]);
    expect(await recorded()).toMatchObject([
      {
        eventType: 'NotificationSentEvent',
        sequence: 1,
        payload: { kind: 'order-confirmed', causeEventId: confirmed.eventId },
        metadata: { correlationId: confirmed.metadata.correlationId, causationId: confirmed.eventId },
      },
    ]);
  });

  it('happens once, however often the event is delivered', async () => {
    const { consumer, wish, mails, recorded } = mesh();
    await wish();
    await consumer.process([...delivered, ...delivered]);
    await consumer.process(delivered);
    expect(mails).toHaveLength(1);
    expect(await recorded()).toHaveLength(1);
  });

  it('does not mail again after a crash between mail and record, whatever the customer wishes by then', async () => {
    const { consumer, crashing, wish, mails, recorded } = mesh();
    await wish();
    expect(await crashing.process(delivered)).toMatchObject([{ kind: 'failed' }]);
    await wish('order-confirmed');
    await consumer.process(delivered);
    expect(mails).toHaveLength(1);
    expect(await recorded()).toMatchObject([{ eventType: 'NotificationSentEvent' }]);
  });

  it('fails for want of an address', async () => {
    const { consumer, mails, recorded } = mesh();
    expect(await consumer.process(delivered)).toEqual([{ kind: 'applied' }]);
    expect(mails).toEqual([]);
    expect(await recorded()).toMatchObject([
      { eventType: 'NotificationFailedEvent', payload: { reason: 'no-address' } },
    ]);
  });

  it('fails for want of an address once the customer is erased', async () => {
    const { consumer, wish, erase, mails, recorded } = mesh();
    await wish();
    await erase();
    expect(await consumer.process(delivered)).toEqual([{ kind: 'applied' }]);
    expect(mails).toEqual([]);
    expect(await recorded()).toMatchObject([
      { eventType: 'NotificationFailedEvent', payload: { reason: 'no-address' } },
    ]);
  });

  it('does not happen when they muted it, and leaves no trace', async () => {
    const { consumer, wish, mails, recorded } = mesh();
    await wish('order-confirmed');
    expect(await consumer.process(delivered)).toEqual([{ kind: 'applied' }]);
    expect([mails, await recorded()]).toEqual([[], []]);
  });

  it('fails for good when the mail is rejected', async () => {
    const reason = 'MessageRejected: Email address is not verified';
    const { consumer, wish, recorded } = mesh([{ status: 'rejected', reason }]);
    await wish();
    expect(await consumer.process(delivered)).toEqual([{ kind: 'applied' }]);
    expect(await recorded()).toMatchObject([{ eventType: 'NotificationFailedEvent', payload: { reason } }]);
  });

  it('is tried again when the mail service is not there, with nothing recorded', async () => {
    const { consumer, wish, mails, recorded } = mesh([new TransientError('mail-unavailable', 'throttled')]);
    await wish();
    expect(await consumer.process(delivered)).toMatchObject([
      { kind: 'failed', error: { code: 'mail-unavailable' } },
    ]);
    expect(await recorded()).toEqual([]);
    expect(await consumer.process(delivered)).toEqual([{ kind: 'applied' }]);
    expect(mails).toHaveLength(2);
    expect(await recorded()).toMatchObject([{ eventType: 'NotificationSentEvent' }]);
  });
});

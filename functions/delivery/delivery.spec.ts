import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { given } from '../../shared/testing/given.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import {
  cancelDelivery as cancelDeliverySchema,
  takeCarrierReply as carrierReplySchema,
  type CarrierReply,
} from './commands.ts';
import {
  cancelDelivery,
  completeDelivery,
  delivery,
  dispatchDelivery,
  followParcel,
  settleDelivery,
  type DeliveryState,
} from './delivery.ts';
import { DeliveryArranged, DeliveryCancelled, DeliveryCompleted, DeliveryDispatched } from './events.ts';

const orderId = 'ada.0190f3c2-5b7e-7c31-9d0a-1f2e3d4c5b6a';
const customerId = 'ada';
const trackingId = 'track-1';
const address = sealedForTest('address');
const lines = [{ sku: 'chair', quantity: 2 }];
const requested = { orderId, customerId, address, lines };
const accepted: CarrierReply = { reference: orderId, status: 'accepted', trackingId };
const refused: CarrierReply = { reference: orderId, status: 'refused', reason: 'address-not-served' };
const takeBack = { orderId, customerId, reason: 'the saga failed' };

const arranged = DeliveryArranged.of({ orderId, customerId, trackingId, address, lines });
const cancelled = DeliveryCancelled.of({ orderId, customerId, reason: takeBack.reason });
const dispatched = DeliveryDispatched.of({ orderId, customerId, trackingId, lines });
const completed = DeliveryCompleted.of({ orderId, customerId });

describe("the carrier's answer", () => {
  it('arranges the delivery', () => {
    given(delivery, [])
      .when((state) => settleDelivery(state, requested, accepted))
      .then([arranged]);
  });

  it('cancels the delivery when it is a refusal', () => {
    given(delivery, [])
      .when((state) => settleDelivery(state, requested, refused))
      .then([DeliveryCancelled.of({ orderId, customerId, reason: 'address-not-served' })]);
  });

  it.each([
    ['a repeat', [arranged], accepted],
    ['a contradiction', [arranged], refused],
    ['one that is late, after the fence', [cancelled], accepted],
    ['one for a parcel on its way', [arranged, dispatched], refused],
  ] as const)('changes nothing as %s', (_, history, reply) => {
    given(delivery, history)
      .when((state) => settleDelivery(state, requested, reply))
      .then([]);
  });
});

describe("a carrier's refusal", () => {
  it.each([
    ['ADDRESS_NOT_SERVED', 'address-not-served'],
    ['Ada Lovelace is unknown at Hauptstrasse 1', 'refused-by-carrier'],
    ['  ', 'refused-by-carrier'],
    [null, 'refused-by-carrier'],
    [undefined, 'refused-by-carrier'],
  ])('is taken with a code, never with its words: %j', (reason, code) => {
    const said = { reference: orderId, status: 'refused', reason };
    expect(carrierReplySchema.parse(said)).toEqual({ ...said, reason: code });
  });
});

describe('cancelling a delivery', () => {
  it.each([
    ['empty', ''],
    ['blank', '  '],
    ['long', 'no '.repeat(1_000)],
  ])('is not refused for a reason that is %s', (_, reason) => {
    const { success } = cancelDeliverySchema.safeParse({ orderId, customerId, reason });
    expect(success).toBe(true);
  });

  it.each([
    ['takes back an arranged one', [arranged]],
    ['leaves a fence where nothing was arranged', []],
  ] as const)('%s', (_, history) => {
    given(delivery, history)
      .when((state) => cancelDelivery(state, takeBack))
      .then([cancelled]);
  });

  it('changes nothing when it is cancelled already', () => {
    given(delivery, [cancelled])
      .when((state) => cancelDelivery(state, { ...takeBack, reason: 'another' }))
      .then([]);
  });

  it.each([
    ['dispatched', [arranged, dispatched]],
    ['completed', [arranged, dispatched, completed]],
  ] as const)('is refused for a %s one', (_, history) => {
    given(delivery, history)
      .when((state) => cancelDelivery(state, takeBack))
      .thenRefused('delivery-state');
  });
});

describe('dispatching and completing a delivery', () => {
  it('dispatches what was arranged', () => {
    given(delivery, [arranged]).when(dispatchDelivery).then([dispatched]);
  });

  it('completes what was dispatched', () => {
    given(delivery, [arranged, dispatched]).when(completeDelivery).then([completed]);
  });

  it('changes nothing the second time', () => {
    given(delivery, [arranged, dispatched]).when(dispatchDelivery).then([]);
    given(delivery, [arranged, dispatched, completed]).when(dispatchDelivery).then([]);
    given(delivery, [arranged, dispatched, completed]).when(completeDelivery).then([]);
  });

  it('is refused where it is not due', () => {
    given(delivery, []).when(dispatchDelivery).thenRefused('delivery-unknown');
    given(delivery, []).when(completeDelivery).thenRefused('delivery-unknown');
    given(delivery, [cancelled]).when(dispatchDelivery).thenRefused('delivery-state');
    given(delivery, [arranged]).when(completeDelivery).thenRefused('delivery-state');
    given(delivery, [cancelled]).when(completeDelivery).thenRefused('delivery-state');
  });
});

describe("the carrier's word on a parcel", () => {
  const says = (status: 'dispatched' | 'delivered') => (state: DeliveryState) =>
    followParcel(state, { reference: orderId, status });

  it.each([
    ['dispatched', [arranged], [dispatched]],
    ['delivered', [arranged, dispatched], [completed]],
    ['dispatched', [arranged, dispatched], []],
    ['dispatched', [arranged, dispatched, completed], []],
    ['delivered', [arranged, dispatched, completed], []],
  ] as const)('%s is taken once', (status, history, news) => {
    given(delivery, history).when(says(status)).then(news);
  });

  it.each([
    ['dispatched', [], 'delivery-unknown'],
    ['delivered', [], 'delivery-unknown'],
    ['delivered', [arranged], 'delivery-state'],
    ['dispatched', [cancelled], 'delivery-state'],
    ['delivered', [cancelled], 'delivery-state'],
  ] as const)('%s is refused where it cannot be', (status, history, code) => {
    given(delivery, history).when(says(status)).thenRefused(code);
  });
});

it('a parcel never leaves after a cancellation, nor is it cancelled once it left, whatever the order of commands', () => {
  const decisions: readonly ((state: DeliveryState) => NewEvent[])[] = [
    (state) => settleDelivery(state, requested, accepted),
    (state) => settleDelivery(state, requested, refused),
    (state) => cancelDelivery(state, takeBack),
    dispatchDelivery,
    completeDelivery,
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...decisions), { maxLength: 20 }), (commands) => {
      const stream: NewEvent[] = [];
      for (const decide of commands) {
        try {
          stream.push(...decide(fold(delivery, envelopesOf(orderId, stream))));
        } catch (error) {
          if (!(error instanceof BusinessError)) throw error;
        }
      }
      const life = stream.map(({ definition }) => definition.type.replace(/^Delivery|Event$/g, '')).join(' ');
      expect(life).toMatch(/^(|Cancelled|Arranged( Cancelled| Dispatched( Completed)?)?)$/);
    }),
  );
});

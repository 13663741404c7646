import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SchemaViolation } from '../errors/mesh-error.ts';
import { accounts, Deposited, Opened } from '../testing/account.ts';
import { envelopeOf } from '../testing/envelope-of.ts';
import { customerOf, defineAggregate, idWithinCustomer, payloadJsonSchema } from './event.ts';

const deposited = envelopeOf(Deposited.of({ amount: 5 }));

describe('an event definition', () => {
  it('reads an event of its own version as it is', () => {
    expect(Deposited.read(deposited)).toStrictEqual(deposited);
  });

  it('lifts the payload of an older major and says so in the version', () => {
    const old = { ...deposited, version: 1, payload: { units: 3 } };
    expect(Deposited.read(old)).toStrictEqual({ ...deposited, version: 2, payload: { amount: 300 } });
  });

  it('lifts through every major in turn', () => {
    const aggregate = defineAggregate('review', 'chain');
    const Third = aggregate.event('ThirdEvent', z.strictObject({ trail: z.string() }), {
      version: 3,
      upcast: {
        1: (payload) => `${String(payload)}→2`,
        2: (payload) => ({ trail: `${String(payload)}→3` }),
      },
    });
    const third = envelopeOf(Third.of({ trail: '' }));
    expect(Third.read({ ...third, version: 1, payload: '1' }).payload).toEqual({ trail: '1→2→3' });
    expect(Third.read({ ...third, version: 2, payload: '2' }).payload).toEqual({ trail: '2→3' });
  });

  it('checks what an upcaster made', () => {
    expect(() => Deposited.read({ ...deposited, version: 1, payload: { units: 0 } })).toThrow(
      SchemaViolation,
    );
  });

  it('refuses a version from the future', () => {
    expect(() => Deposited.read({ ...deposited, version: 3 })).toThrow(
      expect.objectContaining({ code: 'unsupported-version', errorClass: 'permanent' }),
    );
  });

  it('refuses an old version that nothing lifts', () => {
    const aggregate = defineAggregate('review', 'no-upcaster');
    const Second = aggregate.event('SecondEvent', z.strictObject({}), { version: 2 });
    expect(() => Second.read({ ...envelopeOf(Second.of({})), version: 1 })).toThrow(
      expect.objectContaining({ code: 'unsupported-version' }),
    );
  });

  it('names every failing field of a payload', () => {
    const payload = { amount: 0.5 };
    const violation = expect.objectContaining({
      code: 'schema-violation',
      message: expect.stringContaining('DepositedEvent v2'),
      issues: [{ path: 'amount', message: expect.any(String) }],
    });
    expect(() => Deposited.read({ ...deposited, payload })).toThrow(violation);
  });

  it('reads past a field that a later minor version adds (promise 8)', () => {
    const payload = { amount: 5, currency: 'EUR' };
    expect(Deposited.read({ ...deposited, payload }).payload).toStrictEqual({ amount: 5 });
  });

  it('knows its own events by type and aggregate', () => {
    expect(Deposited.is(deposited)).toBe(true);
    expect(Deposited.is({ ...deposited, eventType: 'OpenedEvent' })).toBe(false);
    expect(Deposited.is({ ...deposited, aggregateType: 'order' })).toBe(false);
  });

  it('states its schema as JSON Schema draft-07', () => {
    expect(payloadJsonSchema(Deposited)).toEqual({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { amount: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } },
      required: ['amount'],
    });
  });
});

describe('an aggregate definition', () => {
  it('lists its events and refuses to define one twice', () => {
    expect([...accounts.events.keys()]).toEqual(['OpenedEvent', 'DepositedEvent', 'WithdrawnEvent']);
    expect(accounts.events.get('OpenedEvent')).toBe(Opened);
    expect(() => accounts.event('OpenedEvent', z.strictObject({}), { version: 1 })).toThrow('defined twice');
  });

  it('puts its events on the topic of its context', () => {
    expect(accounts.topic).toBe('business-events-payments');
    expect(Deposited.schemaVersion).toBe('2.1.0');
  });
});

describe('the ordering key', () => {
  it('is the id of the aggregate', () => {
    expect(accounts.orderingKey('a.b')).toBe('a.b');
  });

  it('is the customer where events stay in the order of a session', () => {
    const basket = defineAggregate('shopping', 'basket', 'owner');
    expect(basket.orderingKey(idWithinCustomer('ada', '7'))).toBe('ada');
    expect(customerOf('ada.7.8')).toBe('ada');
    expect(customerOf('without-a-customer')).toBe('without-a-customer');
  });
});

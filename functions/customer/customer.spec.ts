import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { given } from '../../shared/testing/given.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import {
  closeCustomer as closeSchema,
  registerCustomer as registerSchema,
  type CloseCustomer,
} from './commands.ts';
import {
  changeAddress,
  closeCustomer,
  customer,
  registerCustomer,
  verifyCustomer,
  type CustomerState,
} from './customer.ts';
import { CustomerAddressChanged, CustomerClosed, CustomerRegistered, CustomerValidated } from './events.ts';

const customerId = 'c-1';
const profile = sealedForTest('profile');
const home = sealedForTest('home');
const office = sealedForTest('office');
const close: CloseCustomer = { reason: 'customer-request' };

const registered = CustomerRegistered.of({ customerId, profile });
const validated = CustomerValidated.of({ customerId });
const moved = (address: string) => CustomerAddressChanged.of({ customerId, address });
const closed = CustomerClosed.of({ customerId, reason: close.reason });

const commands: Readonly<Record<string, (state: CustomerState) => NewEvent[]>> = {
  register: (state) => registerCustomer(state, { customerId, profile }),
  verify: verifyCustomer,
  'change address': (state) => changeAddress(state, home),
  close: (state) => closeCustomer(state, close),
};
const allBut = (left: string) => Object.entries(commands).filter(([name]) => name !== left);

describe('a customer', () => {
  it('registers once', () => {
    given(customer)
      .when((state) => registerCustomer(state, { customerId, profile }))
      .then([registered]);
    given(customer, [registered])
      .when((state) => registerCustomer(state, { customerId, profile: office }))
      .thenRefused('customer-exists');
  });

  it.each(allBut('register'))('has to be known to %s', (_, decide) => {
    given(customer).when(decide).thenRefused('customer-unknown');
  });

  it('is validated once', () => {
    given(customer, [registered]).when(verifyCustomer).then([validated]);
    given(customer, [registered, moved(home), validated])
      .when(verifyCustomer)
      .then([]);
  });

  it('moves, and stays where they are when they say so again', () => {
    given(customer, [registered])
      .when((state) => changeAddress(state, home))
      .then([moved(home)]);
    given(customer, [registered, moved(home), validated])
      .when((state) => changeAddress(state, home))
      .then([]);
    given(customer, [registered, moved(home), moved(office)])
      .when((state) => changeAddress(state, home))
      .then([moved(home)]);
  });

  it('closes once, validated or not', () => {
    for (const history of [[registered], [registered, moved(home), validated]])
      given(customer, history)
        .when((state) => closeCustomer(state, close))
        .then([closed]);
    given(customer, [registered, closed])
      .when((state) => closeCustomer(state, close))
      .then([]);
  });

  it.each(allBut('close'))('that is closed can never %s again', (_, decide) => {
    given(customer, [registered, validated, closed]).when(decide).thenRefused('customer-closed');
  });

  it('is closed for good, whatever is commanded in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Object.keys(commands)), { maxLength: 12 }), (names) => {
        const history: NewEvent[] = [];
        for (const name of names) {
          const state = fold(customer, envelopesOf(customerId, history));
          try {
            history.push(...(commands[name]?.(state) ?? []));
          } catch (error) {
            if (!(error instanceof BusinessError)) throw error;
          }
        }
        const types = history.map(({ definition }) => definition.type);
        expect(types.filter((type) => type === CustomerRegistered.type).length).toBeLessThanOrEqual(1);
        expect(types.indexOf(CustomerClosed.type)).toBeOneOf([-1, types.length - 1]);
      }),
    );
  });
});

it.each([
  ['no name', { email: 'ada@example.com' }, 'name'],
  ['a blank name', { name: ' ', email: 'ada@example.com' }, 'name'],
  ['a long name', { name: 'x'.repeat(201), email: 'ada@example.com' }, 'name'],
  ['no address for mail', { name: 'Ada', email: 'ada' }, 'email'],
  ['an id that separates', { customerId: 'a.b', name: 'Ada', email: 'ada@example.com' }, 'customerId'],
])('registers nobody with %s', (_, body, path) => {
  const { error } = registerSchema.safeParse(body);
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});

it('takes a code for the reason and no prose, which could name somebody for ever', () => {
  for (const reason of ['Ada asked for it', 'ada@example.com', '', 'x'.repeat(41)])
    expect(closeSchema.safeParse({ reason }).success, reason).toBe(false);
  expect(closeSchema.safeParse(close).success).toBe(true);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { given } from '../../shared/testing/given.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import { setPreferences as setPreferencesSchema } from './commands.ts';
import { PreferencesSet } from './events.ts';
import { kindSchema } from './kinds.ts';
import { preferences, setPreferences } from './preferences.ts';

const customerId = 'ada';
const email = sealedForTest('ada@example.com');
const set = PreferencesSet.of({ customerId, email, muted: ['order-completed', 'payment-failed'] });

it('records what a customer wants to hear, and where', () => {
  given(preferences, [])
    .when((state) => setPreferences(state, { customerId, email, language: 'de-AT', muted: [] }))
    .then([PreferencesSet.of({ customerId, email, language: 'de-AT', muted: [] })]);
});

it('replaces all of it', () => {
  given(preferences, [set])
    .when((state) =>
      setPreferences(state, { customerId, email: sealedForTest('ada@example.org'), muted: [] }),
    )
    .then([PreferencesSet.of({ customerId, email: sealedForTest('ada@example.org'), muted: [] })]);
});

it('changes nothing when it is so already, in whatever order and however often a kind is named', () => {
  const said = fc
    .array(fc.constantFrom('payment-failed', 'order-completed'), { maxLength: 9 })
    .map((more) => ['payment-failed', 'order-completed', ...more] as const);
  fc.assert(
    fc.property(said, ([...muted]) => {
      given(preferences, [set])
        .when((state) => setPreferences(state, { customerId, email, muted }))
        .then([]);
    }),
  );
});

it.each(['email', 'language', 'muted'] as const)('changes something when only %s is another', (field) => {
  const wishes = { customerId, email, muted: ['payment-failed', 'order-completed'] } as const;
  const other = {
    email: sealedForTest('other@example.com'),
    language: 'de',
    muted: ['order-confirmed'],
  } as const;
  given(preferences, [set])
    .when((state) => {
      const events = setPreferences(state, { ...wishes, muted: [...wishes.muted], [field]: other[field] });
      expect(events).toHaveLength(1);
      return [];
    })
    .then([]);
});

it.each([
  ['no address', {}, 'email'],
  ['what is no address', { email: 'ada' }, 'email'],
  ['a second address', { email: 'ada@example.com, eve@example.com' }, 'email'],
  ['a line break in the address', { email: 'ada@example.com\r\nBcc: eve@example.com' }, 'email'],
  ['an unknown kind', { email: 'ada@example.com', muted: ['order-lost'] }, 'muted.0'],
  ['a field nobody knows', { email: 'ada@example.com', mute: [] }, ''],
])('does not take %s', (_, body, path) => {
  const { error } = setPreferencesSchema.safeParse(body);
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});

it('knows only kinds that an event can carry', () => {
  for (const kind of kindSchema.options) {
    expect(PreferencesSet.schema.safeParse({ customerId, email, muted: [kind] }).success, kind).toBe(true);
  }
});

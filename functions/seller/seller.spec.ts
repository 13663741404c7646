import { expect, it } from 'vitest';
import { given } from '../../shared/testing/given.ts';
import { registerSeller as registerSellerSchema, suspendSeller as suspendSellerSchema } from './commands.ts';
import { SellerApproved, SellerRegistered, SellerSuspended } from './events.ts';
import { approveSeller, registerSeller, seller, suspendSeller } from './seller.ts';

const sellerId = 'wood-works';
const registered = SellerRegistered.of({ sellerId, name: 'Wood Works' });
const approved = SellerApproved.of({ sellerId });
const suspended = SellerSuspended.of({ sellerId, reason: 'complaints' });
const suspension = { sellerId, reason: 'complaints' };

it('registers a seller once', () => {
  const command = { sellerId, name: 'Wood Works' };
  given(seller, [])
    .when((state) => registerSeller(state, command))
    .then([registered]);
  given(seller, [registered])
    .when((state) => registerSeller(state, command))
    .thenRefused('seller-exists');
});

it('approves a registered seller, once', () => {
  given(seller, [registered])
    .when((state) => approveSeller(state, sellerId))
    .then([approved]);
  given(seller, [registered, approved])
    .when((state) => approveSeller(state, sellerId))
    .then([]);
});

it('suspends an approved seller, once, and lets them in again', () => {
  given(seller, [registered, approved])
    .when((state) => suspendSeller(state, suspension))
    .then([suspended]);
  given(seller, [registered, approved, suspended])
    .when((state) => suspendSeller(state, suspension))
    .then([]);
  given(seller, [registered, approved, suspended])
    .when((state) => approveSeller(state, sellerId))
    .then([approved]);
});

it('does not suspend a seller who was never approved', () => {
  given(seller, [registered])
    .when((state) => suspendSeller(state, suspension))
    .thenRefused('seller-state');
});

it('knows only sellers who registered', () => {
  given(seller, [])
    .when((state) => approveSeller(state, sellerId))
    .thenRefused('seller-unknown');
  given(seller, [])
    .when((state) => suspendSeller(state, suspension))
    .thenRefused('seller-unknown');
});

it.each([
  ['an id with a separator', registerSellerSchema, { sellerId: 'a.b', name: 'A' }],
  ['a name of blanks', registerSellerSchema, { sellerId, name: '  ' }],
  ['a name without end', registerSellerSchema, { sellerId, name: 'a'.repeat(121) }],
  ['a field nobody knows', registerSellerSchema, { sellerId, name: 'A', approved: true }],
  ['a suspension without a reason', suspendSellerSchema, { reason: '' }],
])('does not take %s', (_, schema, body) => {
  expect(schema.safeParse(body).success).toBe(false);
});

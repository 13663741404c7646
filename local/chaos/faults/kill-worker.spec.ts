import { expect, it } from 'vitest';
import { roleOf } from './kill-worker.ts';

it.each([
  ['mesh-relay', 'relay'],
  ['mesh-relay-dead-letters', 'relay'],
  ['order-project-summary', 'projection'],
  ['order-start-saga', 'policy'],
  ['notification-notify', 'policy'],
  ['inventory-commit-on-dispatch', 'policy'],
  ['payment-saga-tasks', 'saga-task'],
  ['order-commands', 'command'],
  ['delivery-carrier-callback', 'command'],
  ['order-queries', undefined],
  ['order-query-saga', undefined],
  ['order-watch-sagas', undefined],
  ['order-saga-desk', undefined],
  ['mesh-redrive', undefined],
])('%s is a %s', (name, role) => {
  expect(roleOf(name)).toBe(role);
});

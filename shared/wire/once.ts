import { dynamoOnce, type Once } from '../once/once.ts';
import { onceOrLater } from '../once/once-or-later.ts';
import { rehearsedOnce } from '../rehearse/rehearsed-once.ts';
import { client, setting } from './resources.ts';

/** Remembers an API's answers for a day (`uses: idempotency`). */
export const onceForCommands = (): Once => dynamoOnce(client(), setting('IDEMPOTENCY_TABLE'), 1);

/** Remembers effects on the outside for 30 days, over four times a topic's retention (`uses: idempotency`). */
export const onceForEffects = (): Once =>
  rehearsedOnce(onceOrLater(dynamoOnce(client(), setting('IDEMPOTENCY_TABLE'), 30)));

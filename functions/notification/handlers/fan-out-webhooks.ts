import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { commands, means, ownedAggregates, views } from '../../../shared/wire/resources.ts';
import { fanningOut } from '../fanning-out.ts';
import { fanOutWebhooks } from '../policies/fan-out-webhooks.ts';
import { subscriptionsIn } from '../subscriptions.ts';

const run = commands();
const subscribersOf = subscriptionsIn({ store: views(), owned: ownedAggregates(), commands: run }, Date.now);

export const handler = consume(reacting(fanOutWebhooks, fanningOut(run, subscribersOf)), means());

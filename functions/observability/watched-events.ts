import { eventsIn, type EventDefinition } from '../../shared/define/event.ts';
import * as customer from '../customer/events.ts';
import * as delivery from '../delivery/events.ts';
import * as inventory from '../inventory/events.ts';
import * as notification from '../notification/events.ts';
import * as order from '../order/events.ts';
import * as payment from '../payment/events.ts';
import * as pricing from '../pricing/events.ts';
import * as product from '../product/events.ts';
import * as promotion from '../promotion/events.ts';
import * as review from '../review/events.ts';
import * as seller from '../seller/events.ts';
import * as shopping from '../shopping/events.ts';

/** Every kind of event that another context publishes: what is counted. Its own findings are not among them. */
export const watchedEvents: readonly EventDefinition[] = eventsIn(
  customer,
  delivery,
  inventory,
  notification,
  order,
  payment,
  pricing,
  product,
  promotion,
  review,
  seller,
  shopping,
);

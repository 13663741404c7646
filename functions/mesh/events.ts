import { eventsIn, type EventDefinition } from '../../shared/define/event.ts';
import * as customer from '../customer/events.ts';
import * as delivery from '../delivery/events.ts';
import * as inventory from '../inventory/events.ts';
import * as notification from '../notification/events.ts';
import * as observability from '../observability/events.ts';
import * as order from '../order/events.ts';
import * as payment from '../payment/events.ts';
import * as pricing from '../pricing/events.ts';
import * as product from '../product/events.ts';
import * as promotion from '../promotion/events.ts';
import * as review from '../review/events.ts';
import * as seller from '../seller/events.ts';
import * as shopping from '../shopping/events.ts';

/** Every kind of event of the mesh, as its contexts' contracts declare them: for those who take any event. */
export const knownEvents: readonly EventDefinition[] = eventsIn(
  customer,
  order,
  payment,
  inventory,
  product,
  promotion,
  review,
  delivery,
  seller,
  shopping,
  pricing,
  notification,
  observability,
);

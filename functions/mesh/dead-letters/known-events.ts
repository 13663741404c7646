import type { EventDefinition } from '../../../shared/define/event.ts';
import { customer } from '../../customer/events.ts';
import { delivery } from '../../delivery/events.ts';
import { stock } from '../../inventory/events.ts';
import { notification, preferences } from '../../notification/events.ts';
import { order } from '../../order/events.ts';
import { signal } from '../../observability/events.ts';
import { payment } from '../../payment/events.ts';
import { sale, seller } from '../../seller/events.ts';
import { cart } from '../../shopping/events.ts';
import { price } from '../../pricing/events.ts';
import { product } from '../../product/events.ts';
import { promotion } from '../../promotion/events.ts';
import { rating, review } from '../../review/events.ts';

/** Every kind of event of the mesh, to decode any letter with. Its spec compares it with the contexts' contracts. */
export const knownEvents: readonly EventDefinition[] = [
  order,
  stock,
  payment,
  delivery,
  notification,
  preferences,
  customer,
  seller,
  sale,
  cart,
  product,
  price,
  promotion,
  review,
  rating,
  signal,
].flatMap(({ events }) => [...events.values()]);

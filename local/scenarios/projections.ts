import { tracking } from '../../functions/delivery/projections/tracking.ts';
import { availability } from '../../functions/inventory/projections/availability.ts';
import { inbox } from '../../functions/notification/projections/inbox.ts';
import { preferences } from '../../functions/notification/projections/preferences.ts';
import { orderSummary } from '../../functions/order/projections/order-summary.ts';
import { submissions } from '../../functions/order/projections/submissions.ts';
import { dayLedger } from '../../functions/payment/projections/day-ledger.ts';
import { paymentOfOrder } from '../../functions/payment/projections/payment-of-order.ts';
import { promotions } from '../../functions/promotion/projections/promotions.ts';
import { redemptions } from '../../functions/promotion/projections/redemptions.ts';
import { purchases } from '../../functions/review/projections/purchases.ts';
import { rating } from '../../functions/review/projections/rating.ts';
import { reviews } from '../../functions/review/projections/reviews.ts';
import type { Projection } from '../../shared/project/projection.ts';

/**
 * Every projection of the mesh, for audits. Of each only what it has whatever its document is used: its name, its
 * keys, its fold.
 */
export const projections = [
  orderSummary,
  submissions,
  availability,
  paymentOfOrder,
  dayLedger,
  tracking,
  inbox,
  preferences,
  promotions,
  redemptions,
  purchases,
  reviews,
  rating,
] as unknown as readonly Projection<unknown>[];

import { history } from '../../functions/customer/projections/history.ts';
import { lifetimeValue } from '../../functions/customer/projections/lifetime-value.ts';
import { profile } from '../../functions/customer/projections/profile.ts';
import { tracking } from '../../functions/delivery/projections/tracking.ts';
import { availability } from '../../functions/inventory/projections/availability.ts';
import { imports as stockImports } from '../../functions/inventory/projections/imports.ts';
import { inbox } from '../../functions/notification/projections/inbox.ts';
import { preferences } from '../../functions/notification/projections/preferences.ts';
import { webhookDeliveries } from '../../functions/notification/projections/webhook-deliveries.ts';
import { webhooks } from '../../functions/notification/projections/webhooks.ts';
import { findings } from '../../functions/observability/projections/findings.ts';
import { signalState } from '../../functions/observability/projections/signals.ts';
import { windows } from '../../functions/observability/projections/windows.ts';
import { orderSummary } from '../../functions/order/projections/order-summary.ts';
import { submissions } from '../../functions/order/projections/submissions.ts';
import { dayLedger } from '../../functions/payment/projections/day-ledger.ts';
import { paymentOfOrder } from '../../functions/payment/projections/payment-of-order.ts';
import { listings } from '../../functions/seller/projections/listings.ts';
import { profile as sellerProfile } from '../../functions/seller/projections/profile.ts';
import { skuSales } from '../../functions/seller/projections/sku-sales.ts';
import { cart } from '../../functions/shopping/projections/cart.ts';
import { offers } from '../../functions/shopping/projections/offers.ts';
import { currentPrice } from '../../functions/pricing/projections/current-price.ts';
import { priceHistory } from '../../functions/pricing/projections/price-history.ts';
import { schedules } from '../../functions/pricing/projections/schedules.ts';
import { cataloguePage } from '../../functions/product/projections/catalogue-page.ts';
import { imports as productImports } from '../../functions/product/projections/imports.ts';
import { search } from '../../functions/product/projections/search.ts';
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
  stockImports,
  productImports,
  paymentOfOrder,
  dayLedger,
  tracking,
  inbox,
  preferences,
  sellerProfile,
  listings,
  skuSales,
  cart,
  offers,
  profile,
  history,
  lifetimeValue,
  webhooks,
  webhookDeliveries,
  windows,
  signalState,
  findings,
  currentPrice,
  priceHistory,
  schedules,
  cataloguePage,
  search,
  promotions,
  redemptions,
  purchases,
  reviews,
  rating,
] as unknown as readonly Projection<unknown>[];

import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { customerOf } from '../../../shared/define/event.ts';
import type { Money } from '../../../shared/define/money.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import {
  OrderCancelled,
  OrderCompleted,
  OrderConfirmed,
  OrderCreated,
  OrderSubmitted,
} from '../../order/events.ts';
import { PaymentFailed, PaymentProcessed, PaymentRefunded } from '../../payment/events.ts';

/** One order of a customer, with what was paid for it. Fields that nothing was heard of yet are not there. */
export interface PastOrder {
  readonly orderId: string;
  readonly status?: 'draft' | 'submitted' | 'confirmed' | 'cancelled' | 'completed';
  readonly total?: Money;
  readonly payment?: 'paid' | 'failed' | 'refunded';
  readonly paid?: Money;
  readonly refunded?: Money;
  readonly orderedAt?: string;
  /** When an order or payment event last happened. */
  readonly updatedAt: string;
}

type News = Partial<Omit<PastOrder, 'orderId' | 'updatedAt'>>;

const told = (
  { aggregateId, occurredOn }: EventEnvelope,
  doc: PastOrder | undefined,
  news: News,
): PastOrder =>
  inOrder({
    ...doc,
    ...news,
    orderId: aggregateId,
    updatedAt: doc && doc.updatedAt > occurredOn ? doc.updatedAt : occurredOn,
  });

/** The same bytes whichever field came first. */
const inOrder = ({
  orderId,
  status,
  total,
  payment,
  paid,
  refunded,
  orderedAt,
  updatedAt,
}: PastOrder): PastOrder => ({
  orderId,
  ...(status && { status }),
  ...(total && { total }),
  ...(payment && { payment }),
  ...(paid && { paid }),
  ...(refunded && { refunded }),
  ...(orderedAt && { orderedAt }),
  updatedAt,
});

/**
 * What a customer ordered and paid, a document for each order, so that none grows with the customer. Orders and
 * payments come over two topics in any order: each fills fields of its own. A payment's id is its order's, so both name
 * the document. It holds nothing personal, and stays when the customer goes.
 */
export const history = projection<PastOrder>(
  'customer.history',
  [
    init(OrderCreated, (event, doc) => told(event, doc, { status: 'draft', orderedAt: event.occurredOn })),
    init(OrderSubmitted, (event, doc) =>
      told(event, doc, { status: 'submitted', total: event.payload.total }),
    ),
    init(OrderConfirmed, (event, doc) => told(event, doc, { status: 'confirmed' })),
    init(OrderCancelled, (event, doc) => told(event, doc, { status: 'cancelled' })),
    init(OrderCompleted, (event, doc) => told(event, doc, { status: 'completed' })),
    init(PaymentProcessed, (event, doc) => told(event, doc, { payment: 'paid', paid: event.payload.amount })),
    init(PaymentFailed, (event, doc) => told(event, doc, { payment: 'failed' })),
    init(PaymentRefunded, (event, doc) =>
      told(event, doc, { payment: 'refunded', refunded: event.payload.amount }),
    ),
  ],
  ({ aggregateId }) => ({ group: customerOf(aggregateId), item: aggregateId }),
);

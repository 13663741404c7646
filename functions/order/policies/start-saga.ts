import { on, policy } from '../../../shared/consume/policy.ts';
import { OrderSubmitted } from '../events.ts';

/** The input of the order saga: the order, and the trail that every step's events carry on. */
export interface StartSaga {
  readonly saga: {
    readonly sagaId: string;
    readonly correlationId: string;
    readonly causationId: string;
    readonly traceId: string;
    readonly userId?: string | undefined;
    readonly sessionId?: string | undefined;
  };
  readonly order: (typeof OrderSubmitted)['schema']['_output'] & { readonly orderId: string };
}

/** What an execution is given. One that resumes a saga also says where that had come to. */
export interface SagaInput extends StartSaga {
  /** The saga had turned round, and why: what is left of taking back. */
  readonly takeBack?: { readonly step: string; readonly reason: string } | undefined;
  /** The step at which it ended on its way forward. */
  readonly goOnAt?: string | undefined;
}

/** Whenever an order was submitted, its saga starts. */
export const startSaga = policy<StartSaga>('order.start-saga', [
  on(
    OrderSubmitted,
    ({ aggregateId, eventId, payload, metadata: { correlationId, traceId, userId, sessionId } }) => ({
      saga: { sagaId: aggregateId, correlationId, causationId: eventId, traceId, userId, sessionId },
      order: { orderId: aggregateId, ...payload },
    }),
  ),
]);

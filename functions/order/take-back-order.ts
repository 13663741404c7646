import { z } from 'zod';
import { orderId } from '../../shared/define/identifiers.ts';
import { compensationReason } from '../../shared/orchestrate/compensation-reason.ts';

/** CancelOrder as the saga sends it, with a reason of its own. */
export const takeBackOrder = z.object({ orderId, reason: compensationReason });

import { sign } from '../../shared/http/webhook-signature.ts';
import { sendUntilTaken } from './send-until-taken.ts';

/** What the carrier's webhooks say of a parcel. */
export interface ParcelEvent {
  readonly reference: string;
  readonly status: 'dispatched' | 'delivered';
}

/** The laptop's, where there is nothing to keep from anybody: the mesh is deployed with it. */
export const CARRIER_WEBHOOK_SECRET = `whsec_${Buffer.from('the secret of the fake carrier').toString('base64')}`;

/**
 * Delivers a parcel's event as a webhook until it is taken: one id for every try, each signed anew.
 *
 * @throws Error when the last try failed too
 */
export const deliverWebhook = (
  url: string,
  id: string,
  event: ParcelEvent,
  signal: AbortSignal,
): Promise<void> => {
  const body = JSON.stringify(event);
  return sendUntilTaken(
    {
      what: `webhook ${id} for ${event.reference}`,
      url,
      body,
      headers: async () => sign(CARRIER_WEBHOOK_SECRET, id, new Date(), body),
    },
    signal,
  );
};

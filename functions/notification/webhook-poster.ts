import type { Posted } from './webhook-delivery.ts';

/** Sends messages to subscribers. */
export interface WebhookPoster {
  /** @throws TransientError `subscriber-unavailable`: no answer, or one that says "later" */
  post(message: WebhookMessage): Promise<Posted>;
}

export interface WebhookMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

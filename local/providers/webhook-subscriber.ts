import { verify } from '../../shared/http/webhook-signature.ts';
import { serveJson, type Answer, type JsonServer, type ProviderRequest, type Routes } from './json-server.ts';
import { troublesome } from './trouble.ts';

/** A message that was taken. */
export interface ReceivedWebhook {
  /** Its `webhook-id`. */
  readonly id: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly body: unknown;
}

export interface WebhookSubscriber extends JsonServer {
  /** Where messages are to be sent. */
  readonly hook: string;
  /** What was taken, in the order in which it came. */
  readonly received: () => readonly ReceivedWebhook[];
  /** From now on messages that are not signed with it are answered 401. */
  readonly trust: (secret: string) => void;
  /** From now on messages are answered with this status. */
  readonly answer: (status: number) => void;
  /** As `POST /trouble`. */
  readonly trouble: (trouble: { readonly failing?: number; readonly latencyMs?: number }) => Promise<void>;
}

/** A subscriber without HTTP. What it answers below 300 it has taken. */
function createWebhookSubscriber() {
  const received: ReceivedWebhook[] = [];
  const trusted: string[] = [];
  let status = 204;

  function take({ body, raw }: ProviderRequest): Answer {
    // Of the webhook's headers each comes once: none of them is a list.
    const headers = (raw?.headers ?? {}) as Readonly<Record<string, string | undefined>>;
    const text = raw?.text ?? '';
    if (trusted.length > 0 && !isSigned(headers, text))
      return { status: 401, body: { message: 'not signed' } };
    if (status < 300) received.push({ id: headers['webhook-id'] ?? '', headers, text, body });
    return { status, body: {} };
  }

  function isSigned(headers: ReceivedWebhook['headers'], text: string): boolean {
    try {
      verify(trusted, headers, text);
      return true;
    } catch {
      return false;
    }
  }

  const routes: Routes = { 'POST /hook': take, 'GET /received': () => ({ status: 200, body: received }) };
  return {
    routes,
    received: () => received,
    trust: (secret: string) => void trusted.splice(0, trusted.length, secret),
    answer: (next: number) => void (status = next),
  };
}

/** Starts a fake subscriber of webhooks on loopback; `POST /trouble` makes it misbehave. */
export async function startWebhookSubscriber(port?: number): Promise<WebhookSubscriber> {
  const { routes, ...subscriber } = createWebhookSubscriber();
  const server = await serveJson('webhook subscriber', troublesome(routes), port);
  return {
    ...server,
    ...subscriber,
    hook: `${server.url}/hook`,
    trouble: async (trouble) => {
      const { ok } = await fetch(`${server.url}/trouble`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(trouble),
      });
      if (!ok) throw new Error('the subscriber does not take this trouble');
    },
  };
}

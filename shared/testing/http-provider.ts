import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { fakeServer } from './fake-server.ts';

/** What a provider was asked. */
interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly key: string | string[] | undefined;
  readonly body: unknown;
}

/**
 * A provider behind a real socket, for the specs of an adapter; closed after each test.
 * @param connect makes the adapter for a base URL
 */
export const httpProvider = <Client>(connect: (baseUrl: string, timeoutMs?: number) => Client) => {
  const server = fakeServer();
  const listening = async (listener: RequestListener, timeoutMs?: number): Promise<Client> =>
    connect(`${await server.listening(listener)}/v1/`, timeoutMs);

  return {
    listening,
    /** From now on nobody listens there. */
    close: server.close,
    /** Always answers the same; a body that is no text is sent as JSON. */
    answering: (status: number, body: unknown, headers: Record<string, string> = {}): Promise<Client> =>
      listening((_, response) => {
        response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
      }),
    /** Takes down what it is asked, and answers. */
    recording: async (status: number, body: string): Promise<{ seen: Asked[]; client: Client }> => {
      const seen: Asked[] = [];
      const record = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const { method, url, headers } = request;
        seen.push({
          method,
          url,
          key: headers['idempotency-key'],
          body: JSON.parse(await text(request)) as unknown,
        });
        response.writeHead(status).end(body);
      };
      return { seen, client: await listening((request, response) => void record(request, response)) };
    },
  };
};

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { ZodError } from 'zod';
import { claimPort, LOOPBACK } from '../engines/loopback-port.ts';

/** What a route does with the connection: answers, never answers, or cuts it. */
export type Answer = { readonly status: number; readonly body: unknown } | 'hold' | 'cut';

export interface ProviderRequest {
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
  /** As it came, for those who check signatures; absent where a spec calls a route itself. */
  readonly raw?: { readonly headers: IncomingHttpHeaders; readonly text: string };
}

/** Routes by `METHOD /path`. */
export type Routes = Readonly<Record<string, (request: ProviderRequest) => Answer>>;

/** Routes that may take their time. */
export type SlowRoutes = Readonly<Record<string, (request: ProviderRequest) => Answer | Promise<Answer>>>;

export interface JsonServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;

class BadRequest extends Error {}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BadRequest('the body is larger than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadRequest(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refusalOf(error: unknown): Answer {
  if (error instanceof BadRequest) return { status: 400, body: { message: error.message } };
  if (error instanceof ZodError) {
    const message = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    return { status: 400, body: { message } };
  }
  throw error;
}

async function answerTo(routes: SlowRoutes, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const route = routes[`${request.method ?? 'GET'} ${path}`];
  if (route === undefined)
    return { status: 404, body: { message: `no such route: ${request.method ?? ''} ${path}` } };
  const header = request.headers['idempotency-key'];
  try {
    const text = await readText(request);
    return await route({
      body: jsonOf(text),
      raw: { headers: request.headers, text },
      idempotencyKey: Array.isArray(header) ? header[0] : header,
    });
  } catch (error) {
    return refusalOf(error);
  }
}

function send(answer: Answer, response: ServerResponse): void {
  if (answer === 'hold') return;
  if (answer === 'cut') {
    response.socket?.destroy();
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
}

/** Serves JSON routes on a loopback port. Bad input is answered with 400 and a message. */
export async function serveJson(
  name: string,
  routes: SlowRoutes,
  requestedPort?: number,
): Promise<JsonServer> {
  const port = await claimPort(name, requestedPort);
  const server = createServer((request, response) => {
    answerTo(routes, request).then(
      (answer) => {
        send(answer, response);
      },
      (error: unknown) => {
        console.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        send({ status: 500, body: { message: 'the fake provider failed; see its log' } }, response);
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  return {
    url: `http://${LOOPBACK}:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        // Held connections ("card-timeout") never end by themselves.
        server.closeAllConnections();
      }),
  };
}

/** The Idempotency-Key of a request that must have one. */
export function requireKey({ idempotencyKey }: ProviderRequest): string {
  if (idempotencyKey === undefined || idempotencyKey === '') {
    throw new BadRequest('the header Idempotency-Key is missing');
  }
  return idempotencyKey;
}

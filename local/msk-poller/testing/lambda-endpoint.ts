import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

export interface DeliveredRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: string;
  readonly key?: string;
  readonly value: string | null;
  readonly headers: readonly Record<string, number[]>[];
}

export interface Invocation {
  readonly functionName: string;
  readonly at: number;
  readonly event: {
    readonly eventSource: string;
    readonly eventSourceArn?: string;
    readonly bootstrapServers: string;
    readonly records: Record<string, DeliveredRecord[]>;
  };
  readonly records: readonly DeliveredRecord[];
  /** Set when the answer has gone out. */
  answered?: Answer;
}

/** What a function does: return something, throw, be throttled, or take its connection down with it. */
export type Answer =
  | { readonly returns: unknown }
  | { readonly throws: string }
  | { readonly throttled: true }
  | { readonly dies: true };

export interface LambdaEndpoint extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly invocations: readonly Invocation[];
}

/**
 * An HTTP server that speaks the Invoke operation of the Lambda API, with a function of the test behind it.
 * @param port 0 for any free one
 */
export async function startLambdaEndpoint(
  handler: (invocation: Invocation) => Answer | Promise<Answer>,
  port = 0,
): Promise<LambdaEndpoint> {
  const invocations: Invocation[] = [];
  const server = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '');
    if (request.method !== 'POST' || path?.[1] === undefined) return void response.writeHead(404).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    // The poller under test wrote it; what it wrote is what the tests look at.
    const event = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Invocation['event'];
    const records = Object.values(event.records).flat();
    const invocation: Invocation = {
      functionName: decodeURIComponent(path[1]),
      at: Date.now(),
      event,
      records,
    };
    invocations.push(invocation);
    const answer = await handler(invocation);
    reply(response, answer);
    invocation.answered = answer;
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the endpoint has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    invocations,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function reply(response: ServerResponse, answer: Answer): void {
  if ('dies' in answer) return void response.destroy();
  const json = { 'content-type': 'application/json' };
  if ('throttled' in answer) {
    response.writeHead(429, { ...json, 'x-amzn-errortype': 'TooManyRequestsException' });
    return void response.end('{"Type":"User","message":"Rate Exceeded."}');
  }
  if ('throws' in answer) {
    response.writeHead(200, { ...json, 'x-amz-function-error': 'Unhandled' });
    return void response.end(JSON.stringify({ errorType: 'Error', errorMessage: answer.throws }));
  }
  response.writeHead(200, json).end(JSON.stringify(answer.returns ?? null));
}

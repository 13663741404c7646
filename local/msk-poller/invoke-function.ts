import { InvokeCommand, LambdaClient, TooManyRequestsException } from '@aws-sdk/client-lambda';
import type { FailureCause } from './retry-policy.ts';

export type InvocationOutcome =
  | { readonly kind: 'returned'; readonly payload: string }
  | { readonly kind: 'failed'; readonly cause: FailureCause; readonly error: string };

export type InvokeFunction = (functionName: string, payload: string) => Promise<InvocationOutcome>;

/** Lambda's longest function timeout is 15 min; a little more, so that its own answer comes first. */
const LONGEST_INVOCATION_MS = 15 * 60_000 + 30_000;

/** A client for any endpoint that speaks the Lambda API. Retries are the poller's business, so the client makes none. */
export function createLambdaClient(endpoint: string, region: string): LambdaClient {
  const hasOwnCredentials =
    process.env['AWS_ACCESS_KEY_ID'] !== undefined || process.env['AWS_PROFILE'] !== undefined;
  return new LambdaClient({
    endpoint,
    region,
    maxAttempts: 1,
    // Emulators want a signature but check no secret.
    ...(hasOwnCredentials ? {} : { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: LONGEST_INVOCATION_MS,
      httpAgent: { keepAlive: true, maxSockets: Infinity },
    },
  });
}

/** Invokes a function and waits for its answer. Never throws: what went wrong is the outcome. */
export function invokeThrough(client: LambdaClient): InvokeFunction {
  return async (functionName, payload) => {
    try {
      const response = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: payload }));
      const answer = response.Payload?.transformToString() ?? '';
      if (response.FunctionError === undefined) return { kind: 'returned', payload: answer };
      return {
        kind: 'failed',
        cause: 'function',
        error: `${response.FunctionError}: ${answer.slice(0, 500)}`,
      };
    } catch (error) {
      const cause = error instanceof TooManyRequestsException ? 'throttled' : 'unreachable';
      return { kind: 'failed', cause, error: describe(error) };
    }
  };
}

/** Connection errors of Node come as an AggregateError with an empty message; its code says what happened. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return [error.name, code, error.message].filter((part) => part !== '').join(': ');
}

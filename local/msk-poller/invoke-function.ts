import {
  InvokeCommand,
  LambdaClient,
  RequestTooLargeException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import type { FailureCause } from './retry-policy.ts';

/** What an invocation record says of the function's answer. */
export interface FunctionReply {
  readonly requestId: string;
  readonly statusCode: number;
  readonly executedVersion: string;
  /** Undefined when the function returned. */
  readonly functionError: string | undefined;
}

export type InvocationOutcome =
  | { readonly kind: 'returned'; readonly payload: string; readonly reply: FunctionReply }
  | {
      readonly kind: 'failed';
      readonly cause: FailureCause;
      readonly error: string;
      /** Undefined when the batch did not reach the function. */
      readonly reply: FunctionReply | undefined;
    };

export type InvokeFunction = (functionName: string, payload: string) => Promise<InvocationOutcome>;

/** A Kafka mapping's function may take 14 min; a little more, so that Lambda's own answer to a timeout comes first. */
const LONGEST_INVOCATION_MS = 14 * 60_000 + 30_000;

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

/**
 * Invokes a function and waits for its answer. Never throws: what went wrong is the outcome. A timeout is the function's
 * own failure (Lambda answers with a function error); a throttle or a service error never reached it.
 */
export function invokeThrough(client: LambdaClient): InvokeFunction {
  return async (functionName, payload) => {
    try {
      const response = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: payload }));
      const answer = response.Payload?.transformToString() ?? '';
      const reply: FunctionReply = {
        requestId: response.$metadata.requestId ?? '',
        statusCode: response.StatusCode ?? 200,
        executedVersion: response.ExecutedVersion ?? '$LATEST',
        functionError: response.FunctionError,
      };
      if (response.FunctionError === undefined) return { kind: 'returned', payload: answer, reply };
      const error = `${response.FunctionError}: ${answer.slice(0, 500)}`;
      return { kind: 'failed', cause: 'function', error, reply };
    } catch (error) {
      return { kind: 'failed', cause: causeOf(error), error: describe(error), reply: undefined };
    }
  };
}

function causeOf(error: unknown): FailureCause {
  if (error instanceof TooManyRequestsException) return 'throttled';
  if (error instanceof RequestTooLargeException) return 'too-large';
  return 'unreachable';
}

/** Connection errors of Node come as an AggregateError with an empty message; its code says what happened. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return [error.name, code, error.message].filter((part) => part !== '').join(': ');
}

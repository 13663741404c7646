import type { LambdaClient } from '@aws-sdk/client-lambda';

const TIMEOUT_MS = 10_000;

export interface AwsRequest {
  readonly service: 'sqs' | 'sns' | 's3';
  readonly region: string;
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request and answers with the response's text; rejects unless the status says success. */
export type SendAwsRequest = (request: AwsRequest) => Promise<string>;

/**
 * Sends requests to AWS services signed as the Lambda client signs its own: with its credentials and AWS's own signer. One
 * call to each of three services does not merit three more clients.
 */
export function signedRequests(client: LambdaClient, endpoint: string): SendAwsRequest {
  const url = new URL(endpoint);
  return async ({ service, region, method, path, headers, body }) => {
    const signer = await client.config.signer();
    const signed = await signer.sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port === '' ? {} : { port: Number(url.port) }),
        path,
        query: {},
        headers: { host: url.host, ...headers },
        body,
      },
      { signingService: service, signingRegion: region },
    );
    const response = await fetch(new URL(path, url), {
      method,
      headers: signed.headers,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${service} answered ${response.status}: ${answer.slice(0, 500)}`);
    return answer;
  };
}

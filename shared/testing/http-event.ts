import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { testTime } from './envelope-of.ts';

interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is text already. */
  readonly body?: unknown;
  readonly query?: string;
  readonly isBase64Encoded?: boolean;
}

/** A request as API Gateway's HTTP API hands it over (payload format 2.0), from user `user-1` with a checked token. */
export const httpEvent = (
  method: string,
  rawPath: string,
  { headers = {}, body, query = '', isBase64Encoded = false }: Request = {},
): APIGatewayProxyEventV2WithJWTAuthorizer => ({
  version: '2.0',
  routeKey: `${method} ${rawPath}`,
  rawPath,
  rawQueryString: query,
  // API Gateway lower-cases the names.
  headers: { host: 'api.example.com', 'content-type': 'application/json', ...headers },
  ...(query && { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
  requestContext: {
    accountId: '123456789012',
    apiId: 'api',
    domainName: 'api.example.com',
    domainPrefix: 'api',
    http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
    requestId: 'request-1',
    routeKey: `${method} ${rawPath}`,
    stage: '$default',
    time: '01/Mar/2026:12:00:00 +0000',
    timeEpoch: testTime,
    authorizer: { principalId: '', integrationLatency: 0, jwt: { claims: { sub: 'user-1' }, scopes: [] } },
  },
  ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  isBase64Encoded,
});

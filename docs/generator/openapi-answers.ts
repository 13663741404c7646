import type { Operation } from '../../shared/http/api.ts';
import type { JsonSchema } from './json-schema.ts';

const ref = (kind: 'schemas' | 'responses' | 'headers', name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});

const text = { type: 'string' };

/** What `shared/http` answers with, whatever the route. */
export const answerSchemas: Readonly<Record<string, JsonSchema>> = {
  Accepted: {
    description:
      'The ids that matter to the caller, and in `written` how far the command brought each aggregate: a client can wait until a query answers with that sequence. Empty where it was so already.',
    type: 'object',
    properties: {
      written: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            aggregateType: text,
            aggregateId: text,
            sequence: { type: 'integer', minimum: 1 },
          },
          required: ['aggregateType', 'aggregateId', 'sequence'],
        },
      },
    },
    required: ['written'],
  },
  Problem: {
    description:
      'Why a request was refused (RFC 9457): `code` is stable, `errors` names every failing field.',
    type: 'object',
    properties: {
      type: { ...text, const: 'about:blank' },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      code: { ...text, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
      title: text,
      detail: text,
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: { path: text, message: text },
          required: ['path', 'message'],
        },
      },
      correlationId: text,
    },
    required: ['type', 'status', 'code', 'title', 'detail', 'correlationId'],
  },
};

const problems = {
  400: ['Malformed', 'It is not JSON, or a field breaks its schema: `errors` names each.'],
  404: ['Unknown', 'Nothing is known of it.'],
  409: [
    'Refused',
    'A rule of the business says no, or a request with this Idempotency-Key is being worked on.',
  ],
  413: ['TooLarge', 'The body is over 64 KiB.'],
  415: ['NotJson', 'The body is not application/json.'],
  422: ['KeyReused', 'This Idempotency-Key was used for another request.'],
  500: ['Failed', 'The request failed on our side; the same request may be sent again.'],
  503: ['TryAgain', 'A dependency is not available right now; the same request may be sent again.'],
} as const satisfies Readonly<Record<number, readonly [string, string]>>;

const correlated = { headers: { 'X-Correlation-Id': ref('headers', 'CorrelationId') } };

/** Refusals: `application/problem+json`, but for 401, which the gateway answers by itself. */
export const refusals = {
  ...Object.fromEntries(
    Object.values(problems).map(([name, description]) => [
      name,
      {
        description,
        ...correlated,
        content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
      },
    ]),
  ),
  NotSigned: {
    description:
      'Its signature does not say that it comes from whom it should, or it was signed too long ago.',
    ...correlated,
    content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
  },
  Unauthorized: { description: 'There is no token, or it is not one of ours, or it has expired.' },
};

const refusedWith = (statuses: readonly (keyof typeof problems)[]) =>
  Object.fromEntries(statuses.map((status) => [status, ref('responses', problems[status][0])]));

const successOf = ({ kind, path }: Operation, answer: JsonSchema): [number, string, JsonSchema] => {
  if (kind === 'query') return [200, 'What was asked for.', answer];
  // Operators' commands say what became of their request; those of contexts what they wrote.
  const body = path.startsWith('/ops/') ? { type: 'object' } : ref('schemas', 'Accepted');
  return [202, 'It is done, and on its way to the views.', body];
};

/** Every answer that a route can give. @param answer what it answers to a query that finds something */
export const answersOf = (
  operation: Operation,
  authorized: boolean,
  answer: JsonSchema,
): Readonly<Record<string, unknown>> => {
  const [status, description, schema] = successOf(operation, answer);
  return {
    [status]: { description, ...correlated, content: { 'application/json': { schema } } },
    401: ref('responses', authorized ? 'Unauthorized' : 'NotSigned'),
    ...refusedWith(
      operation.kind === 'query' ? [400, 404, 500, 503] : [400, 404, 409, 413, 415, 422, 500, 503],
    ),
  };
};

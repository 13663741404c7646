import { z } from 'zod';
import * as identifiers from '../../shared/define/identifiers.ts';
import type { Operation } from '../../shared/http/api.ts';
import { inputSchema } from './json-schema.ts';

const MAX_PATH_PARAMETER = 200;

/** A path's parameter is named for the id that it is; what is no id of ours is bounded all the same. */
const pathParameter = (name: string) => {
  // A module's exports are a record.
  const schema: unknown = (identifiers as Readonly<Record<string, unknown>>)[name];
  const { $schema: _, ...known } =
    schema instanceof z.ZodType ? z.toJSONSchema(schema) : { type: 'string', minLength: 1 };
  return { name, in: 'path', required: true, schema: { ...known, maxLength: MAX_PATH_PARAMETER } };
};

const queryParameters = ({ input }: Operation) => {
  const { properties = {}, required = [] } = z
    .looseObject({
      properties: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
      required: z.array(z.string()).optional(),
    })
    .parse(inputSchema(input, '#'));
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description !== undefined && { description }),
    required: required.includes(name),
    schema,
  }));
};

const header = (name: string) => ({ $ref: `#/components/parameters/${name}` });

const COMMAND = ['IdempotencyKey', 'SessionId'];
/** Standard Webhooks: the id is the command's, so that a webhook sent again has one effect. */
const SIGNED = ['WebhookId', 'WebhookTimestamp', 'WebhookSignature'];

/** What a route takes in its path, its query and its headers. */
export const parametersOf = (operation: Operation, authorized: boolean) => [
  ...[...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => pathParameter(name)),
  ...(operation.kind === 'query' ? queryParameters(operation) : []),
  ...(operation.kind === 'query' ? [] : (authorized ? COMMAND : SIGNED).map(header)),
  header('CorrelationId'),
];

/** The headers that routes share, by the names that they are referred to by. */
export const headerParameters = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description:
      'New for each new request, the same for a repeated one: a repeated request has one effect and one answer.',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,100}$' },
  },
  SessionId: {
    name: 'X-Session-Id',
    in: 'header',
    description: 'Kept with the events that the command leads to; cut at 200 characters.',
    schema: { type: 'string' },
  },
  WebhookId: {
    name: 'webhook-id',
    in: 'header',
    required: true,
    description:
      'Names the webhook: sent again under it, it has one effect and one answer (Standard Webhooks).',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,100}$' },
  },
  WebhookTimestamp: {
    name: 'webhook-timestamp',
    in: 'header',
    required: true,
    description: 'When it was signed: seconds since the epoch.',
    schema: { type: 'string', pattern: '^\\d+$' },
  },
  WebhookSignature: {
    name: 'webhook-signature',
    in: 'header',
    required: true,
    description: 'One or more of `v1,<HMAC-SHA256 of id, timestamp and body, base64>`, divided by spaces.',
    schema: { type: 'string' },
  },
  CorrelationId: {
    name: 'X-Correlation-Id',
    in: 'header',
    description:
      'Names the business operation that this request belongs to; one is made where there is none.',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' },
  },
};

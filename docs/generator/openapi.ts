import { z } from 'zod';
import { contextOf } from '../../plugins/context-resources.ts';
import * as identifiers from '../../shared/define/identifiers.ts';
import type { Operation } from '../../shared/http/api.ts';
import { inputSchema, type JsonSchema } from './json-schema.ts';
import type { Command } from './load-commands.ts';
import type { LoadedFunction } from './load-handlers.ts';
import { answerSchemas, answersOf, refusals } from './openapi-answers.ts';

/** What the project says of itself in package.json. */
export interface ProjectFacts {
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

const MAX_PATH_PARAMETER = 200;

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** `GET /orders/{orderId}/saga` → `getOrdersByOrderIdSaga`. */
const nameOfRoute = ({ method, path }: Operation): string =>
  method.toLowerCase() +
  path
    .split(/[/-]/)
    .map((part) => (part.startsWith('{') ? `By${pascal(part.slice(1, -1))}` : pascal(part)))
    .join('');

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

const parametersOf = (operation: Operation, authorized: boolean) => [
  ...[...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => pathParameter(name)),
  ...(operation.kind === 'query' ? queryParameters(operation) : []),
  ...(operation.kind === 'query' ? [] : (authorized ? COMMAND : SIGNED).map(header)),
  header('CorrelationId'),
];

const parameters = {
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

interface Described {
  readonly operation: Operation;
  readonly of: LoadedFunction;
  readonly id: string;
  readonly authorized: boolean;
  readonly command: Command | undefined;
}

const describe = (functions: readonly LoadedFunction[], commands: readonly Command[]): Described[] => {
  const commandOf = (operation: Operation) =>
    commands.find(({ operations }) => operations.includes(operation));
  const described = functions.flatMap((of) =>
    of.operations.map((operation): Described => ({
      operation,
      of,
      command: commandOf(operation),
      id: camel(commandOf(operation)?.name ?? nameOfRoute(operation)),
      // A route that functions.yml does not have is wiring.spec.ts's to find; it is not open because of that.
      authorized:
        of.routes.find(({ method, path }) => method === operation.method && path === operation.path)
          ?.authorized ?? true,
    })),
  );
  const times = Map.groupBy(described, ({ id }) => id);
  return described.map((one) =>
    (times.get(one.id)?.length ?? 0) > 1 ? { ...one, id: nameOfRoute(one.operation) } : one,
  );
};

const bodyName = (id: string): string => `${pascal(id)}Body`;

const operationObject = ({ operation, of, id, authorized, command }: Described) => {
  const empty = Object.keys(inputSchema(operation.input, '#')['properties'] ?? {}).length === 0;
  const route = `${operation.method} ${operation.path}`;
  return {
    operationId: id,
    tags: [contextOf(of.name)],
    summary: command?.name ?? route,
    description: `${of.description}.`,
    security: authorized ? [{ jwt: [] }] : [],
    parameters: parametersOf(operation, authorized),
    ...(operation.kind !== 'query' && {
      requestBody: {
        required: !empty || 'anyOf' in inputSchema(operation.input, '#'),
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${bodyName(id)}` } } },
      },
    }),
    responses: answersOf(operation, authorized),
  };
};

const pathsOf = (described: readonly Described[]) =>
  Object.fromEntries(
    [...Map.groupBy(described, ({ operation: { path } }) => path)].map(([path, operations]) => [
      path,
      Object.fromEntries(operations.map((one) => [one.operation.method.toLowerCase(), operationObject(one)])),
    ]),
  );

/**
 * docs/openapi.json: every route that a handler declares, with what it takes and answers.
 * @param purposes what each context is for, by its name
 */
export const openApi = (
  { version, description, license }: ProjectFacts,
  functions: readonly LoadedFunction[],
  commands: readonly Command[],
  purposes: ReadonlyMap<string, string>,
): JsonSchema => {
  const described = describe(functions, commands);
  const contexts = [...new Set(described.map(({ of }) => contextOf(of.name)))];
  const bodies = described
    .filter(({ operation: { kind } }) => kind !== 'query')
    .map(({ operation: { input }, id }) => [
      bodyName(id),
      inputSchema(input, `#/components/schemas/${bodyName(id)}`),
    ]);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Event mesh',
      version,
      description: `${description} Commands answer 202 and take effect once for each Idempotency-Key; queries answer from views that follow shortly after. Generated by \`npm run docs\`: do not edit.`,
      license: { name: license, identifier: license },
    },
    servers: [
      {
        url: 'https://{apiId}.execute-api.{region}.amazonaws.com',
        variables: { apiId: { default: 'api' }, region: { default: 'us-east-1' } },
      },
    ],
    security: [{ jwt: [] }],
    tags: contexts.map((name) => ({ name, description: purposes.get(name) ?? name })),
    paths: pathsOf(described),
    components: {
      securitySchemes: {
        jwt: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A token of the identity provider that the gateway trusts (docs/deploying.md).',
        },
      },
      parameters,
      headers: {
        CorrelationId: {
          description: 'The correlation id of everything that this request set off.',
          schema: { type: 'string' },
        },
      },
      responses: refusals,
      schemas: { ...answerSchemas, ...Object.fromEntries(bodies) },
    },
  };
};

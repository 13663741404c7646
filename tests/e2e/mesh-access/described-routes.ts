import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

/** A part of a JSON Schema, as docs/openapi.json has it. */
export type Described = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly schema: Described;
}

/** A route as docs/openapi.json describes it. */
export interface DescribedRoute {
  readonly method: string;
  readonly path: string;
  /** Behind the JWT authorizer. */
  readonly authorized: boolean;
  readonly parameters: readonly Parameter[];
  /** Of its body; undefined on routes that take none. */
  readonly body: Described | undefined;
  /** Whether a body is one that the route takes. */
  readonly takes: ValidateFunction;
  /** Whether a body is one that it answers a query with. */
  readonly answers: ValidateFunction;
  readonly statuses: readonly number[];
}

const record = z.record(z.string(), z.unknown());
const parameter = z.object({ name: z.string(), in: z.enum(['path', 'query']), schema: record });
const answer = z.object({ schema: record.default({}) });
const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        security: z.array(record),
        // Headers are references to what all routes share.
        parameters: z.array(z.union([parameter, z.object({ $ref: z.string() })])),
        requestBody: z
          .object({
            content: z.object({ 'application/json': z.object({ schema: z.object({ $ref: z.string() }) }) }),
          })
          .optional(),
        responses: z.record(z.string(), z.looseObject({ content: record.optional() })),
      }),
    ),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), record) }),
});

const file = path.resolve(import.meta.dirname, '../../../docs/openapi.json');
const { paths, components } = documentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

const ajv = addFormats.default(new Ajv2020({ strict: false }));
ajv.addSchema({ components }, 'api');

/** What stands behind a reference into docs/openapi.json. */
export const schemaAt = (reference: string): Described =>
  record.parse(
    reference
      .split('/')
      .slice(1)
      .reduce<unknown>((part, step) => record.parse(part)[step], { components }),
  );

/** Whether an answer is a problem as the API describes it. */
export const isProblem = ajv.compile({ $ref: 'api#/components/schemas/Problem' });

/** Every route of the API. */
export const describedRoutes: readonly DescribedRoute[] = Object.entries(paths).flatMap(([route, methods]) =>
  Object.entries(methods).map(([method, { security, parameters, requestBody, responses }]) => {
    const body = requestBody?.content['application/json'].schema;
    return {
      method: method.toUpperCase(),
      path: route,
      authorized: security.length > 0,
      parameters: parameters.flatMap((each) => ('name' in each ? [each] : [])),
      body: body && schemaAt(body.$ref),
      takes: ajv.compile(body ? { $ref: `api${body.$ref}` } : false),
      answers: ajv.compile(answer.parse(responses[200]?.content?.['application/json'] ?? {}).schema),
      statuses: Object.keys(responses).map(Number),
    };
  }),
);

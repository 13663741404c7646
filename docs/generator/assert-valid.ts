import specs from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import type { JsonSchema } from './json-schema.ts';

/** Where a reference inside a document leads to, or undefined. */
const at = (document: JsonSchema, pointer: string): unknown =>
  pointer
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (part, step) =>
        typeof part === 'object' && part !== null
          ? // What is no array is looked into like a record.
            (part as Readonly<Record<string, unknown>>)[step.replaceAll('~1', '/').replaceAll('~0', '~')]
          : undefined,
      document,
    );

/** @throws Error naming every `$ref` that leads nowhere: the schemas of both formats leave that open */
const assertReferences = (what: string, document: JsonSchema): void => {
  const broken = [...JSON.stringify(document).matchAll(/"\$ref":"(#[^"]*)"/g)]
    .map(([, pointer = '']) => pointer)
    .filter((pointer) => at(document, pointer) === undefined);
  if (broken.length > 0) throw new Error(`${what} refers to ${[...new Set(broken)].join(', ')}`);
};

/** @throws Error when a description of the API is not OpenAPI 3.1, or one of its schemas not JSON Schema 2020-12 */
export const assertOpenApi = async (document: JsonSchema): Promise<void> => {
  const { valid, errors } = await new Validator().validate({ ...document });
  if (!valid) throw new Error(`docs/openapi.json is not OpenAPI 3.1: ${JSON.stringify(errors)}`);
  assertReferences('docs/openapi.json', document);
  const { components } = z
    .object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) })
    .parse(document);
  const ajv = addFormats.default(new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false }));
  ajv.addVocabulary(['components']);
  ajv.addSchema({ components }, 'api');
  for (const name of Object.keys(components.schemas))
    ajv.compile({ $ref: `api#/components/schemas/${name}` });
};

/** @throws Error when a description of the topics is not AsyncAPI 3.0, by the schema that AsyncAPI publishes */
export const assertAsyncApi = (document: JsonSchema): void => {
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: false }));
  const published: JsonSchema = { ...specs.schemasWithoutId['3.0.0'] };
  const validate = ajv.compile(published);
  if (!validate(document))
    throw new Error(`docs/asyncapi.json is not AsyncAPI 3.0: ${ajv.errorsText(validate.errors)}`);
  assertReferences('docs/asyncapi.json', document);
};

import path from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { schemaOfType } from './schema-of-type.ts';

/** A type, and the schema of what JSON.stringify makes of its values. */
const types: readonly (readonly [string, unknown])[] = [
  ['string', { type: 'string' }],
  ['`a${string}`', { type: 'string' }],
  ['number | undefined', { type: 'number' }],
  ['boolean', { type: 'boolean' }],
  ["'b' | 'a'", { enum: ['a', 'b'] }],
  ["'a'", { const: 'a' }],
  ['string | null', { anyOf: [{ type: 'null' }, { type: 'string' }] }],
  ['readonly string[]', { type: 'array', items: { type: 'string' } }],
  [
    'readonly [string, number]',
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], minItems: 2, maxItems: 2 },
  ],
  ['Record<string, number>', { type: 'object', properties: {}, additionalProperties: { type: 'number' } }],
  ['object', { type: 'object' }],
  ['unknown', {}],
  ['() => void', {}],
  [
    '{\n/** In minor units. */\na: number; b?: string; c: string | undefined } & { d: 1 }',
    {
      type: 'object',
      properties: {
        a: { description: 'In minor units.', type: 'number' },
        b: { type: 'string' },
        c: { type: 'string' },
        d: { const: 1 },
      },
      required: ['a', 'd'],
    },
  ],
];
const SELF = 'type Self = { name: string; children: Self[] };';

let schemaOf: (name: string) => unknown;

beforeAll(() => {
  const file = path.join(import.meta.dirname, 'declared.ts');
  const source = [SELF, ...types.map(([type], i) => `type T${i} = ${type};`)].join('\n');
  const options: ts.CompilerOptions = { strict: true, target: ts.ScriptTarget.ES2024, types: [] };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...more) =>
    name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2024, true) : read(name, ...more);
  const program = ts.createProgram([file], options, host);
  const checker = program.getTypeChecker();
  schemaOf = (name) => {
    const aliases = program.getSourceFile(file)?.statements.filter(ts.isTypeAliasDeclaration);
    const declared = aliases?.find((alias) => alias.name.text === name);
    if (!declared) throw new Error(`no type ${name}`);
    return schemaOfType(checker, checker.getTypeAtLocation(declared.name));
  };
});

describe('what a type is as JSON', () => {
  it.each(types.map(([type, schema], i) => [type, `T${i}`, schema] as const))('%s', (_, name, schema) => {
    expect(schemaOf(name)).toEqual(schema);
  });

  it('comes to an end in a type that contains itself', () => {
    expect(JSON.stringify(schemaOf('Self'))).toContain('"children":{}');
  });
});

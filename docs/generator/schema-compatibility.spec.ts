import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate, payloadJsonSchema } from '../../shared/define/event.ts';
import { breakingChanges } from './schema-compatibility.ts';

const published = {
  orderId: z.string().min(1).max(80),
  quantity: z.int().min(1).max(100),
  status: z.enum(['draft', 'sent']),
  note: z.string().optional(),
  lines: z.array(z.object({ sku: z.string(), price: z.int() })).min(1),
  paid: z.discriminatedUnion('by', [
    z.object({ by: z.literal('card'), last4: z.string() }),
    z.object({ by: z.literal('cash') }),
  ]),
};

const schemaOf = (shape: z.ZodRawShape): object =>
  payloadJsonSchema(
    defineAggregate('order', 'order').event('ThingHappenedEvent', z.object(shape), { version: 1 }),
  );
const changes = (change: z.ZodRawShape): readonly string[] =>
  breakingChanges(schemaOf(published), schemaOf({ ...published, ...change }));
const without = ({ orderId: _, ...rest }: typeof published): z.ZodRawShape => rest;
const line = published.lines.element;

describe('a change that breaks a consumer or a stored event is named', () => {
  it.each<[string, readonly string[], string]>([
    [
      'a field is gone',
      breakingChanges(schemaOf(published), schemaOf(without(published))),
      'orderId is gone',
    ],
    [
      'a field is renamed',
      breakingChanges(schemaOf(published), schemaOf({ ...without(published), order: z.string() })),
      'order is new and must be there',
    ],
    [
      'an optional field is gone',
      breakingChanges(schemaOf(published), schemaOf((({ note: _, ...rest }) => rest)(published))),
      'note is gone',
    ],
    [
      'a required field becomes optional',
      changes({ orderId: published.orderId.optional() }),
      'orderId need not',
    ],
    ['an optional field becomes required', changes({ note: z.string() }), 'note must be there now'],
    ['a new field is required', changes({ total: z.int() }), 'total is new'],
    ['a type changes', changes({ orderId: z.int() }), 'orderId was string and is integer'],
    [
      'a number loses its fractions, or gets some',
      changes({ quantity: z.number().min(1).max(100) }),
      'quantity was integer',
    ],
    ['null is let in', changes({ orderId: published.orderId.nullable() }), 'orderId'],
    ['a text gets shorter', changes({ orderId: z.string().min(1).max(40) }), 'orderId: maxLength is now 40'],
    [
      'a number gets a higher floor',
      changes({ quantity: z.int().min(2).max(100) }),
      'quantity: minimum is now 2',
    ],
    ['a text gets a pattern', changes({ note: z.string().regex(/^a/).optional() }), 'note: pattern'],
    ['a text gets a format', changes({ note: z.email().optional() }), 'note: format'],
    ['a value is struck off', changes({ status: z.enum(['draft']) }), 'status may no longer be "sent"'],
    ['a free text becomes a choice', changes({ note: z.enum(['a']).optional() }), 'note may now only be "a"'],
    [
      'an item loses a field',
      changes({ lines: z.array(line.omit({ price: true })).min(1) }),
      'lines[].price is gone',
    ],
    [
      'an item gets a required field',
      changes({ lines: z.array(line.extend({ tax: z.int() })).min(1) }),
      'lines[].tax is new',
    ],
    ['a list may hold fewer', changes({ lines: z.array(line).min(1).max(5) }), 'lines: maxItems is now 5'],
    [
      'a variant is gone',
      changes({ paid: z.discriminatedUnion('by', [z.object({ by: z.literal('cash') })]) }),
      'paid',
    ],
    [
      'an object is closed',
      breakingChanges(schemaOf(published), { ...schemaOf(published), additionalProperties: false }),
      'the payload takes fewer',
    ],
  ])('%s', (_, found, expected) => {
    expect(found.join('\n')).toContain(expected);
  });
});

describe('a change by which a schema only grows passes', () => {
  it.each<[string, readonly string[]]>([
    ['nothing', changes({})],
    ['a new field that may be absent', changes({ colour: z.string().optional() })],
    ['a new field with a default', changes({ colour: z.string().default('red') })],
    ['one more value', changes({ status: z.enum(['draft', 'sent', 'lost']) })],
    ['a wider bound', changes({ quantity: z.int().min(0).max(1_000) })],
    ['a bound is lifted', changes({ orderId: z.string() })],
    [
      'an item gets a field that may be absent',
      changes({ lines: z.array(line.extend({ tax: z.int().optional() })).min(1) }),
    ],
    [
      'one more variant',
      changes({
        paid: z.discriminatedUnion('by', [...published.paid.options, z.object({ by: z.literal('voucher') })]),
      }),
    ],
    ['a description', changes({ orderId: published.orderId.describe('of the order') })],
  ])('%s', (_, found) => {
    expect(found).toEqual([]);
  });

  it('a schema that contains itself is compared to its end', () => {
    const tree = (most: number): object => ({
      $ref: '#/definitions/node',
      definitions: {
        node: {
          type: 'object',
          properties: {
            name: { type: 'string', maxLength: most },
            children: { type: 'array', items: { $ref: '#/definitions/node' } },
          },
        },
      },
    });
    expect(breakingChanges(tree(5), tree(5))).toEqual([]);
    expect(breakingChanges(tree(5), tree(4))).toEqual(['name: maxLength is now 4']);
  });
});

/** A field's schema, and values that are good by it. */
const text = fc
  .record({ minLength: fc.nat(2), more: fc.nat(3) })
  .map(({ minLength, more }) => ({ type: 'string', minLength, maxLength: minLength + more }));
const whole = fc
  .record({ minimum: fc.integer({ min: -5, max: 5 }), more: fc.nat(5) })
  .map(({ minimum, more }) => ({ type: 'integer', minimum, maximum: minimum + more }));
const choice = fc
  .subarray(['a', 'b', 'c'], { minLength: 1 })
  .map((values) => ({ type: 'string', enum: values }));
const field = fc.oneof(text, whole, choice);
const objectSchema = fc
  .dictionary(fc.constantFrom('p', 'q', 'r'), fc.record({ schema: field, needed: fc.boolean() }), {
    maxKeys: 3,
  })
  .map((fields) => ({
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
    required: Object.keys(fields).filter((name) => fields[name]?.needed),
  }));
/** Two of one schema: what is not as before is another's. */
const evolved = fc
  .record({ before: objectSchema, other: objectSchema, kept: fc.subarray(['p', 'q', 'r']) })
  .map(({ before, other, kept }) => {
    const fieldsOf = ({ properties }: typeof before) => Object.entries(properties);
    const from = (schema: typeof before, keep: boolean) =>
      fieldsOf(schema).filter(([name]) => kept.includes(name) === keep);
    const requiredOf = (schema: typeof before, keep: boolean) =>
      schema.required.filter((name) => kept.includes(name) === keep);
    const after = {
      type: 'object',
      properties: Object.fromEntries([...from(before, true), ...from(other, false)]),
      required: [...requiredOf(before, true), ...requiredOf(other, false)],
    };
    return { before, after };
  });
const anyValue = fc.dictionary(
  fc.constantFrom('p', 'q', 'r'),
  fc.oneof(fc.constantFrom('', 'a', 'b', 'ab', 'abcd'), fc.integer({ min: -6, max: 11 })),
);

it('what the published schema takes, one that passes takes too', () => {
  const ajv = new Ajv();
  fc.assert(
    fc.property(evolved, fc.array(anyValue, { maxLength: 20 }), ({ before, after }, values) => {
      fc.pre(breakingChanges(before, after).length === 0);
      const [was, is] = [ajv.compile(before), ajv.compile(after)];
      // A field that is new may have been there before, unknown and of any kind: nobody of ours wrote it.
      const known = (value: object) => Object.keys(value).every((name) => name in before.properties);
      for (const value of values.filter(known)) if (was(value)) expect(is(value)).toBe(true);
    }),
    { numRuns: 150, maxSkipsPerRun: 1_000 },
  );
});

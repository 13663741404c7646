import { expect, it } from 'vitest';
import { jsonOf } from './json-body.ts';
import { problemOf } from './problem-of.ts';

const problemWith = (body: string) => {
  try {
    jsonOf(body);
  } catch (error) {
    return problemOf(error);
  }
  return undefined;
};

it.each([
  '{"deliveryAddress": {"line1": "Hauptstrasse 1, Lovelace"',
  '{"line1": Hauptstrasse 1, Lovelace}',
  'Hauptstrasse 1, Lovelace',
])('says that a body is no JSON, and nothing of what stands in it: %s', (body) => {
  expect(problemWith(body)).toMatchObject({ status: 400, code: 'malformed-json' });
  expect(JSON.stringify(problemWith(body))).not.toMatch(/Haupt|Love/);
});

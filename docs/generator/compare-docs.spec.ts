import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compareDocs } from './compare-docs.ts';
import { schemasFolder } from './generated-files.ts';

const SUBMITTED = 'schemas/OrderSubmittedEvent.v1.json';

const schema = z.looseObject({
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()),
});

/** The schemas as they were published. */
let published: ReadonlyMap<string, string>;

beforeAll(async () => {
  const names = await readdir(schemasFolder);
  published = new Map(
    await Promise.all(
      names.map(
        async (name) => [`schemas/${name}`, await readFile(path.join(schemasFolder, name), 'utf8')] as const,
      ),
    ),
  );
});

/** What the code would say after a change to one event. */
const after = (change: (submitted: z.infer<typeof schema>) => object): ReadonlyMap<string, string> => {
  const submitted = schema.parse(JSON.parse(published.get(SUBMITTED) ?? ''));
  return new Map([...published, [SUBMITTED, JSON.stringify(change(submitted))]]);
};

describe('the schemas of published events', () => {
  it('are neither stale nor broken as they are', async () => {
    expect(await compareDocs(published)).toEqual({ stale: [], breaking: [] });
  });

  it('may get a field that may be absent', async () => {
    const grown = after(({ properties, ...rest }) => ({
      ...rest,
      properties: { ...properties, channel: { type: 'string' } },
    }));
    expect(await compareDocs(grown)).toEqual({ stale: [SUBMITTED], breaking: [] });
  });

  it('break by a field that must be there, and the file and the field are named', async () => {
    const broken = after(({ properties, required, ...rest }) => ({
      ...rest,
      properties: { ...properties, channel: { type: 'string' } },
      required: [...required, 'channel'],
    }));
    const { breaking } = await compareDocs(broken);
    expect(breaking).toEqual([
      expect.stringContaining(`docs/${SUBMITTED}: channel is new and must be there`),
    ]);
  });

  it('break by a field that is gone', async () => {
    const broken = after(({ properties, required, ...rest }) => {
      const [gone = '', ...kept] = required;
      return {
        ...rest,
        properties: Object.fromEntries(Object.entries(properties).filter(([name]) => name !== gone)),
        required: kept,
      };
    });
    const { breaking } = await compareDocs(broken);
    expect(breaking).toEqual([expect.stringMatching(/OrderSubmittedEvent\.v1\.json: \w+ is gone/)]);
  });

  it('stay when a version follows, and may then be anything', async () => {
    const files = new Map([...published, ['schemas/OrderSubmittedEvent.v2.json', '{"type":"object"}']]);
    files.delete(SUBMITTED);
    expect(await compareDocs(files)).toEqual({
      stale: ['schemas/OrderSubmittedEvent.v2.json'],
      breaking: [],
    });
  });

  it('are missed when no context publishes the event any more', async () => {
    const files = new Map(published);
    files.delete(SUBMITTED);
    const { breaking } = await compareDocs(files);
    expect(breaking).toEqual([`docs/${SUBMITTED}: no context publishes it any more`]);
  });
});

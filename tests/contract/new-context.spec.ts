import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namesOf } from '../../local/new-context/context-names.ts';

const root = path.resolve(import.meta.dirname, '../..');
const bin = path.join(root, 'node_modules', '.bin');
/** What a working copy holds besides what is in it: fetched, built, or its history. */
const NOT_COPIED = new Set(['node_modules', '.git', '.mesh', '.build', '.serverless']);
const WITHIN_MS = 240_000;

let copy: string;

const run = async (tool: string, ...args: string[]): Promise<string> => {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS|VITEST|FORCE_COLOR)/.test(name)),
  );
  const options = {
    cwd: copy,
    env: { ...env, NO_COLOR: '1', PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` },
  };
  try {
    return (await promisify(execFile)(tool, args, { ...options, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    // execFile's error carries what the tool said.
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${tool} ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error });
  }
};

/** Every file of the copy with its text. */
const contents = async (): Promise<Map<string, string>> => {
  const files = (await readdir(copy, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .filter((file) => !file.includes('node_modules'));
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as [string, string])),
  );
};

beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), 'mesh-new-context-'));
  await cp(root, copy, { recursive: true, filter: (source) => !NOT_COPIED.has(path.relative(root, source)) });
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
}, WITHIN_MS);

afterAll(() => rm(copy, { recursive: true, force: true }));

describe('a name that no context can have is refused, and nothing is written', () => {
  it.each([
    ['gift-card', 'without hyphens'],
    ['Gift', 'lower-case'],
    ['gift2', 'lower-case'],
    ['', 'one word'],
    ['../gift', 'lower-case'],
    ['ox', '3 to 20 letters'],
    ['x'.repeat(21), '3 to 20 letters'],
    ['order', 'is a context already'],
    ['orders', 'too like another'],
    ['delete', 'a word of the language'],
    ['mesh', 'is taken'],
    ['context', 'is taken'],
  ])('%j', (name, why) => {
    expect(() => namesOf(name)).toThrow(why);
  });

  it('by the command itself', async () => {
    const before = await contents();
    await expect(run('node', 'local/new-context.ts', 'gift-card')).rejects.toThrow('without hyphens');
    await expect(run('node', 'local/new-context.ts')).rejects.toThrow('Which context?');
    expect(await contents()).toEqual(before);
  });
});

describe('a new context', () => {
  beforeAll(async () => {
    await run('node', 'local/new-context.ts', 'gift');
  }, WITHIN_MS);

  it('is no name for another', async () => {
    await expect(run('node', 'local/new-context.ts', 'gift')).rejects.toThrow('is a context already');
  });

  it('compiles, with everything that lists all contexts', async () => {
    await run('tsc', '-p', '.');
  }, 180_000);

  it('keeps to the rules for code, imports and form', async () => {
    const files = ['functions/gift', 'local/scenarios/projections.ts', 'shared/define/topics.ts'];
    await run('eslint', '--max-warnings', '0', ...files);
    await run('depcruise', 'functions/gift', 'shared/define');
    await run(
      'prettier',
      '--check',
      'functions',
      'shared/define',
      'local/scenarios',
      'serverless.yml',
      'docs',
    );
  }, 180_000);

  it('passes every spec: its own, and those that hold all contexts to something', async () => {
    const folders = ['functions', 'docs', 'plugins', 'statemachines', 'shared/define'];
    const said = await run('vitest', 'run', '--project', 'unit', ...folders);
    expect(said).toMatch(/functions\/gift\/gift\.spec\.ts/);
    expect(said).toMatch(/Test Files\s+\d+ passed/);
  }, 240_000);

  it('is in every generated document', async () => {
    await run('node', 'docs/generate.ts', '--check');
    for (const page of [
      'topics.md',
      'events.md',
      'functions.md',
      'contexts.md',
      'openapi.json',
      'asyncapi.json',
    ])
      expect(await readFile(path.join(copy, 'docs', page), 'utf8'), page).toMatch(/gift/);
  }, 120_000);

  it('is wired as the code says, in a stack that still has room', async () => {
    // The project that this spec belongs to starts engines; it needs none.
    const config = path.join(copy, 'wiring.config.ts');
    await writeFile(config, 'export default { test: { testTimeout: 60_000, hookTimeout: 60_000 } };\n');
    const said = await run('vitest', 'run', '--config', config, 'tests/contract/wiring.spec.ts');
    expect(said).toMatch(/Tests\s+\d+ passed/);
  }, 180_000);

  it('is packaged with its tables, its outbox, its topics and its routes', async () => {
    await run('serverless', 'package', '--stage', 'prod', '--package', path.join(copy, 'package'));
    const template = await readFile(
      path.join(copy, 'package', 'cloudformation-template-update-stack.json'),
      'utf8',
    );
    for (const part of [
      'GiftEventsTable',
      'GiftViewsTable',
      'GiftLogGroup',
      'business-events-gifts',
      '"/gifts"',
    ])
      expect(template).toContain(part);
    expect(template).toMatch(/"GiftEventsTable",\s*"StreamArn"/);
  }, 120_000);
});

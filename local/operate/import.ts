import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { waitFor } from '../engines/wait-for.ts';
import {
  accessHelp,
  accessOptions,
  apiAccess,
  ApiRefusal,
  UsageError,
  type ApiAccess,
} from './api-access.ts';
import { readCsvFile } from './import/read-file.ts';

const help = `npm run import -- stock|products <file.csv> [options]

Uploads a CSV file and shows what became of its lines.

  stock     sku,quantity,reference (optional)
  products  sku,category,seller_id,name,description (optional),price and currency (optional)

The same content under the same name of kind is one import, however often it is uploaded.

  --again             takes it for another file: stock is received once more
${accessHelp}

Exit code: 0 every line was applied, 1 some were not or the API refused, 2 a wrong command line or file`;

const PATHS: Readonly<Record<string, string>> = {
  stock: '/inventory/imports',
  products: '/products/imports',
};
const WITHIN = { deadlineMs: 600_000, everyMs: 250, upToMs: 2_000 };
const SHOWN = 20;

const problems = z.array(z.object({ line: z.int(), reason: z.string() }));
const Accepted = z.object({ importId: z.string() });
const Progress = z.object({
  status: z.enum(['staging', 'working', 'completed']),
  lines: z.object({ total: z.int(), applied: z.int(), refused: z.int(), rejected: z.int() }),
  rejected: problems,
  refused: problems,
});
type Progress = z.infer<typeof Progress>;

const run = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = lineOf(args);
  if (values.help === true) {
    console.log(help);
    return 0;
  }
  const [kind = '', file, ...rest] = positionals;
  const path = Object.hasOwn(PATHS, kind) ? PATHS[kind] : undefined;
  if (path === undefined || file === undefined || rest.length > 0)
    throw new UsageError('say what is to be imported: stock <file.csv> or products <file.csv>');
  const { key, ...body } = readCsvFile(file);
  const api = await apiAccess(values);
  const idempotencyKey = values.again === true ? randomUUID() : key;
  const { importId } = Accepted.parse(await api.call({ method: 'POST', path, body, idempotencyKey }));
  const done = await completed(api, `${path}/${importId}`);
  console.log(shown(importId, done));
  return done.lines.applied === done.lines.total ? 0 : 1;
};

const lineOf = (args: readonly string[]) => {
  const yes = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { ...accessOptions, again: yes, help: yes },
      allowPositionals: true,
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
};

/** Waits for an import's end, and tells of each step that it makes. */
const completed = async (api: ApiAccess, path: string): Promise<Progress> => {
  let told = -1;
  return waitFor(
    'the end of the import',
    async () => {
      const progress = Progress.parse(await api.call({ path }));
      const { total, ...ended } = progress.lines;
      const done = ended.applied + ended.refused + ended.rejected;
      if (done > told) console.error(`${done} of ${total} lines`);
      told = Math.max(told, done);
      return progress.status === 'completed' ? progress : undefined;
    },
    WITHIN,
  );
};

const shown = (importId: string, { lines, rejected, refused }: Progress): string =>
  [
    `import ${importId}: ${lines.total} lines, ${lines.applied} applied`,
    ...listed(`${lines.rejected} not well-formed`, lines.rejected, rejected),
    ...listed(`${lines.refused} refused`, lines.refused, refused),
  ].join('\n');

const listed = (heading: string, count: number, some: z.infer<typeof problems>): string[] =>
  count === 0
    ? []
    : [
        `${heading}:`,
        ...some.slice(0, SHOWN).map(({ line, reason }) => `  line ${line}: ${reason}`),
        ...(count > SHOWN ? [`  … and ${count - SHOWN} more`] : []),
      ];

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(error instanceof Error ? error.message : String(error));
  if (isUsage) console.error('npm run import -- --help says how');
  else if (!(error instanceof ApiRefusal) && error instanceof Error && error.cause !== undefined)
    console.error(error.cause);
  process.exitCode = isUsage ? 2 : 1;
}

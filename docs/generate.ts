import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compareDocs } from './generator/compare-docs.ts';
import { docsFolder, generatedFiles, schemasFolder } from './generator/generated-files.ts';

/**
 * `npm run docs` writes what is generated from the code; with `--check` it only says what is stale. Both refuse a
 * schema that breaks the published one: it needs a new version, or the file removed by hand where it was never
 * published, which a review sees.
 */
const BREAKING = `
A published event is for ever: give what has changed a new \`version\` and an \`upcast\` from the one before
(CONTRIBUTING.md, "Add an event"). Where nothing was ever published under it, remove the file and run: npm run docs`;

const files = await generatedFiles();
await mkdir(schemasFolder, { recursive: true });
const { stale, breaking } = await compareDocs(files);
if (breaking.length > 0) {
  console.error(`${breaking.join('\n')}\n${BREAKING}`);
  process.exitCode = 1;
} else if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(
      `${stale.map((name) => `docs/${name}`).join('\n')}\n\nnot what the code says now: npm run docs`,
    );
    process.exitCode = 1;
  }
} else {
  for (const name of stale) await writeFile(path.join(docsFolder, name), files.get(name) ?? '');
  console.log(`${files.size} files in docs/, ${stale.length} written`);
}

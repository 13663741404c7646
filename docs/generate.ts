import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { docsFolder, generatedFiles, schemasFolder } from './generator/generated-files.ts';

/** `npm run docs`: writes what is generated from the code, and removes schemas of events that are no more. */
const files = await generatedFiles();
await mkdir(schemasFolder, { recursive: true });
for (const name of await readdir(schemasFolder)) {
  if (!files.has(`schemas/${name}`)) await rm(path.join(schemasFolder, name));
}
for (const [name, text] of files) await writeFile(path.join(docsFolder, name), text);
console.log(`${String(files.size)} files written to docs/`);

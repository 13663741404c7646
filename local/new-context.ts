import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { namesOf, RefusedName } from './new-context/context-names.ts';
import { planContext } from './new-context/plan-context.ts';
import { projectPaths } from './project-paths.ts';

/** `npm run new:context -- <name>`: a context that passes every gate as it is, to be made into what is needed. */
const create = async (name: string): Promise<void> => {
  const plan = await planContext(projectPaths.root, namesOf(name));
  for (const [file, text] of plan) {
    const target = path.join(projectPaths.root, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
    console.log(file);
  }
  execFileSync(process.execPath, ['docs/generate.ts'], { cwd: projectPaths.root, stdio: 'inherit' });
  console.log(`\nfunctions/${name}/ is a context. Say in its README.md what it is for, then: npm run check`);
};

const [name, ...more] = process.argv.slice(2);
if (name === undefined || more.length > 0) {
  console.error('Which context? For example: npm run new:context -- gift');
  process.exitCode = 2;
} else {
  try {
    await create(name);
  } catch (error) {
    if (!(error instanceof RefusedName)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

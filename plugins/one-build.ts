import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { build } from 'esbuild';
import { ZipFile } from 'yazl';
import type { Serverless } from './serverless.ts';

/** Bundled CommonJS packages call `require`, which an ES module does not have by itself. */
const BANNER = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/**
 * Builds all functions in one esbuild run with code splitting and packages them as one artifact (ADR 6): shared
 * code is bundled once, and `serverless package` stays quick however many functions there are.
 */
export default class OneBuild {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;

  constructor(serverless: Serverless) {
    const buildOnce = (): Promise<void> => buildAll(serverless);
    this.hooks = {
      'before:package:createDeploymentArtifacts': buildOnce,
      'before:deploy:function:packageFunction': buildOnce,
    };
  }
}

const buildAll = async ({ service, serviceDir, classes }: Serverless): Promise<void> => {
  const out = path.join(serviceDir, '.build');
  await rm(out, { recursive: true, force: true });
  const entries = Object.entries(service.functions).map(([name, { handler }]) => {
    const source = handler.replace(/\.[^.]+$/, '.ts');
    if (!existsSync(path.join(serviceDir, source))) {
      throw new classes.Error(`${name}: its handler's file ${source} does not exist`);
    }
    return source;
  });
  await build({
    absWorkingDir: serviceDir,
    entryPoints: [...new Set(entries)],
    outbase: serviceDir,
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: BANNER },
    logLevel: 'warning',
  });
  await mkdir(path.join(serviceDir, '.serverless'), { recursive: true });
  service.package.artifact = await zip(out, path.join(serviceDir, '.serverless', `${service.service}.zip`));
};

/** A fixed time makes the artifact depend on the code alone: what has not changed is not deployed again. */
const MTIME = new Date('2000-01-01T00:00:00Z');

const zip = async (folder: string, target: string): Promise<string> => {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const archive = new ZipFile();
  for (const file of files.map(({ parentPath, name }) => path.join(parentPath, name)).sort()) {
    archive.addFile(file, path.relative(folder, file), { mtime: MTIME, mode: 0o100644 });
  }
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(target));
  return target;
};

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from './paths.mjs';
import { runTool } from './run-tool.mjs';

const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);

/**
 * npm's own record of what it installed, written when an install is complete. Current when every package
 * of the lockfile is there in that version (packages of other platforms may be absent) and no other.
 */
export function npmIsCurrent(wanted, installed) {
  const wantedPackages = Object.entries(wanted.packages ?? {}).filter(([path]) => path !== '');
  const have = installed.packages ?? {};
  return (
    wantedPackages.every(([path, { version, optional, peer }]) =>
      have[path] === undefined ? optional === true || peer === true : have[path].version === version,
    ) && Object.keys(have).every((path) => path === '' || wanted.packages[path] !== undefined)
  );
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

const npm = {
  title: 'npm packages',
  tools: [],
  isCurrent() {
    const record = join(paths.root, 'node_modules', '.package-lock.json');
    if (!existsSync(record) || !existsSync(join(paths.bin, 'node'))) return false;
    return npmIsCurrent(readJson(join(paths.root, 'package-lock.json')), readJson(record));
  },
  make: () => runTool('npm', ['ci', '--no-audit', '--no-fund'], { cwd: paths.root }),
  todo: 'see what npm said; behind a proxy or mirror, npm must be set up for it (npm config list)',
};

const requirements = join(paths.local, 'engines', 'requirements.txt');
const venvStamp = join(paths.venv, 'requirements.sha256');

const python = {
  title: 'Python packages (emulator, cfn-lint)',
  tools: ['python'],
  isCurrent: () => existsSync(venvStamp) && readFileSync(venvStamp, 'utf8') === hashOf(requirements),
  async make({ python: command }) {
    // A venv holds its own path and cannot be renamed into place: the stamp, written last, tells that it is whole.
    rmSync(paths.venv, { recursive: true, force: true });
    await runTool(command, ['-m', 'venv', paths.venv], { cwd: paths.root });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await runTool(join(paths.venvBin, 'python'), pip, { cwd: paths.root });
    writeFileSync(venvStamp, hashOf(requirements));
  },
  todo: 'see what Python said; "ensurepip is not available" on Debian means: sudo apt-get install python3-venv',
};

const jars = (name, title) => {
  const pom = join(paths.local, 'engines', name, 'pom.xml');
  const folder = join(paths.jars, name);
  const stamp = join(folder, 'pom.sha256');
  return {
    title,
    tools: ['maven'],
    isCurrent: () => existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOf(pom),
    async make({ maven }) {
      const fresh = `${folder}.partial`;
      mkdirSync(paths.jars, { recursive: true });
      rmSync(fresh, { recursive: true, force: true });
      try {
        const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${fresh}`];
        await runTool(maven, ['--quiet', '--batch-mode', '--file', pom, ...goal], { cwd: paths.root });
        writeFileSync(join(fresh, 'pom.sha256'), hashOf(pom));
        rmSync(folder, { recursive: true, force: true });
        renameSync(fresh, folder);
      } finally {
        rmSync(fresh, { recursive: true, force: true });
      }
    },
    todo: 'see what Maven said; behind a proxy or mirror, ~/.m2/settings.xml must name it',
  };
};

/** The set-up steps by name. `java` makes nothing: it only has to be there. */
export const steps = {
  npm,
  python,
  kafka: jars('kafka', 'Kafka'),
  dynamodb: jars('dynamodb', 'DynamoDB Local'),
  java: {
    title: 'Java',
    tools: ['java'],
    always: true,
    isCurrent: () => true,
    make: () => undefined,
    todo: '',
  },
};

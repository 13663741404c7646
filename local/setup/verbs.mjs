import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from './paths.mjs';

const EVERYTHING = ['npm', 'python', 'kafka', 'dynamodb', 'java'];

/** `bench <name>` runs bench/<name>.ts. */
function benchEntry(args) {
  const [name, ...rest] = args;
  const file = join(paths.root, 'bench', `${name}.ts`);
  if (name !== undefined && /^[a-z-]+$/.test(name) && existsSync(file)) return [file, ...rest];
  console.error('Which bench? For example: npm run bench -- consumer');
  process.exit(2);
}

const local = (file) => (args) => [join(paths.local, file), ...args];

/** The verbs: what each needs set up, and what runs then. */
export const verbs = {
  start: {
    summary: 'start the mesh and stay up',
    needs: ['npm', 'python', 'kafka', 'java'],
    entry: local('start.ts'),
  },
  demo: {
    summary: 'play the scenarios once',
    needs: ['npm', 'python', 'kafka', 'java'],
    entry: local('demo.ts'),
  },
  chaos: {
    summary: 'put a mesh through faults under load, and count',
    needs: ['npm', 'python', 'kafka', 'java'],
    entry: local('chaos.ts'),
  },
  token: { summary: 'print an access token of the running mesh', needs: ['npm'], entry: local('token.ts') },
  explore: {
    summary: 'look for a schedule of crashes that breaks a promise',
    needs: ['npm', 'dynamodb', 'java'],
    entry: (args) => [join(paths.root, 'tests', 'explorer', 'explore.ts'), ...args],
  },
  ledger: {
    summary: 'add up what became of every record, and audit it',
    needs: ['npm'],
    entry: local('operate/ledger.ts'),
  },
  'dead-letters': {
    summary: 'the dead-letter desk: dead-letters --help',
    needs: ['npm'],
    entry: local('operate/dead-letters.ts'),
  },
  import: {
    summary: 'upload a file of stock or products: import -- stock file.csv',
    needs: ['npm'],
    entry: local('operate/import.ts'),
  },
  bench: { summary: 'run a benchmark: bench <name>', needs: EVERYTHING, entry: benchEntry },
  test: { summary: 'run all tests', needs: EVERYTHING, entry: local('test.ts') },
  'new-context': {
    summary: 'make a context that passes every gate: new-context <name>',
    needs: ['npm'],
    entry: local('new-context.ts'),
  },
  check: { summary: 'run the fast gate', needs: ['npm', 'python'], entry: local('check.ts') },
  setup: { summary: 'set up everything, run nothing', needs: EVERYTHING },
};

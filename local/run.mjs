/**
 * The front door of the laptop: `node local/run.mjs <verb> [arguments…]`. Checks what the machine has,
 * sets up what is missing or stale (only what the verb needs), then runs local/<verb>.ts under the
 * project's own Node, passing signals and the exit code through.
 *
 * Plain JavaScript without dependencies: it runs before anything is installed, under the machine's Node.
 */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old: 20.19 or later is needed.\n` +
      '  Debian/Ubuntu: see https://nodejs.org/en/download (apt has an older one)\n' +
      '  macOS:         brew install node',
  );
  process.exit(1);
}

const { verbs } = await import('./setup/verbs.mjs');
const { setUp } = await import('./setup/set-up.mjs');
const { runVerb } = await import('./setup/run-verb.mjs');

const [verb = '', ...args] = process.argv.slice(2);
const definition = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
if (definition === undefined) {
  const list = Object.entries(verbs).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`);
  console.error(`${verb === '' ? 'Which verb?' : `There is no verb "${verb}".`} One of:\n${list.join('\n')}`);
  process.exit(2);
}

if (!(await setUp(definition.needs))) process.exit(1);
if (definition.entry !== undefined) await runVerb(definition.entry(args));

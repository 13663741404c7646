import { parseArgs } from 'node:util';
import { readEndpoints } from './mesh/endpoints.ts';
import { mintToken } from './mesh/identity.ts';

/**
 * Prints a fresh access token and nothing else: for `-H "authorization: Bearer $(npm run -s token)"`. `--as <name>`
 * makes it another person's: some things need two.
 */
const { values, positionals } = parseArgs({
  options: { as: { type: 'string' } },
  allowPositionals: true,
});
const endpoints = readEndpoints(positionals[0]);
if (endpoints === undefined) {
  console.error('The mesh is not running, so there is nobody to ask for a token. Start it: npm start');
  process.exitCode = 1;
} else {
  try {
    console.log(await mintToken(endpoints, values.as));
  } catch (error) {
    console.error(
      `The mesh at ${endpoints.aws} gives no token (${error instanceof Error ? error.message : String(error)}). ` +
        'If it was killed, start it again: npm start',
    );
    process.exitCode = 1;
  }
}

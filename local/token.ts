import { readEndpoints } from './mesh/endpoints.ts';
import { mintToken } from './mesh/identity.ts';

/** Prints a fresh access token and nothing else: for `-H "authorization: Bearer $(npm run -s token)"`. */
const endpoints = readEndpoints(process.argv[2]);
if (endpoints === undefined) {
  console.error('The mesh is not running, so there is nobody to ask for a token. Start it: npm start');
  process.exitCode = 1;
} else {
  try {
    console.log(await mintToken(endpoints));
  } catch (error) {
    console.error(
      `The mesh at ${endpoints.aws} gives no token (${error instanceof Error ? error.message : String(error)}). ` +
        'If it was killed, start it again: npm start',
    );
    process.exitCode = 1;
  }
}

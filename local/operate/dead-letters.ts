import { apiAccess, ApiRefusal, UsageError } from './api-access.ts';
import { DEFAULT_INSTANCE, readEndpoints } from '../mesh/endpoints.ts';
import { mintToken } from '../mesh/identity.ts';
import { commandLine, help, type Line } from './dead-letters/command-line.ts';
import { commands } from './dead-letters/commands.ts';

/** The dead-letter desk on a command line: every command is a call of the mesh's API. */
const run = async (args: readonly string[]): Promise<number> => {
  const line = commandLine(args);
  if (line.flags.help === true || line.command === 'help') {
    console.log(help);
    return 0;
  }
  const command = Object.hasOwn(commands, line.command) ? commands[line.command] : undefined;
  if (!command)
    throw new UsageError(line.command === '' ? 'which command?' : `there is no command "${line.command}"`);
  const { answer, shown, incomplete = false } = await command(await apiAccess(await asWhom(line)), line);
  console.log(line.flags.json === true ? JSON.stringify(answer, null, 2) : shown);
  return incomplete ? 1 : 0;
};

/** `--as`: another person of the mesh on this machine. */
const asWhom = async ({ flags }: Line): Promise<Line['flags']> => {
  if (flags.as === undefined) return flags;
  const endpoints = readEndpoints(flags.instance ?? DEFAULT_INSTANCE);
  if (flags.api !== undefined || flags.token !== undefined || !endpoints)
    throw new UsageError('--as is for the mesh on this machine: elsewhere, give --token');
  return { ...flags, api: endpoints.api, token: await mintToken(endpoints, flags.as) };
};

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof ApiRefusal) {
    const issues =
      (error.body as { errors?: readonly { path: string; message: string }[] } | null)?.errors ?? [];
    for (const { path, message } of issues) console.error(`  ${path} ${message}`);
  }
  if (isUsage) console.error('npm run dead-letters -- --help says how');
  process.exitCode = isUsage ? 2 : 1;
}

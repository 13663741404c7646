import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { currentRehearsal, forReal, RehearsalBreach } from './rehearsal.ts';

/** Commands that change nothing (Service Authorization Reference: access level "Read" or "List"). */
const READS = new Set([
  'BatchGetItemCommand',
  'GetItemCommand',
  'QueryCommand',
  'ScanCommand',
  'TransactGetItemsCommand',
  'DescribeExecutionCommand',
  'GetExecutionHistoryCommand',
  // KMS: listed as "Write" there, and yet it changes nothing.
  'DecryptCommand',
]);

/** What the guard needs of an AWS client. Each has a type of its own for its middleware, and none is needed here. */
interface AwsClient {
  readonly middlewareStack: { add: (middleware: never, options: never) => void };
}

type Next = (args: unknown) => Promise<unknown>;

/** Lets a client's reads through in a rehearsal, and refuses everything else before it is sent. */
export const guarded = <Client extends AwsClient>(client: Client): Client => {
  const middleware =
    (next: Next, { commandName = 'a command' }: { readonly commandName?: string }): Next =>
    (args) => {
      const rehearsal = currentRehearsal();
      if (!rehearsal) return next(args);
      if (READS.has(commandName)) return forReal(() => next(args));
      return Promise.reject(refuse(commandName));
    };
  // As AWS's middleware goes ("Customizing the AWS SDK for JavaScript", smithy's MiddlewareStack): see AwsClient.
  client.middlewareStack.add(middleware as never, { step: 'initialize', name: 'rehearsal' } as never);
  return client;
};

const refuse = (what: string): RehearsalBreach => {
  const breach = new RehearsalBreach(what);
  currentRehearsal()?.breached(breach);
  return breach;
};

let standing = false;

/**
 * Refuses every request over HTTP that code of a rehearsal makes, whoever makes it: clients that are not `guarded`
 * and `fetch`. Stands from the first rehearsal of a process on.
 */
export const standGuard = (): void => {
  if (standing) return;
  standing = true;
  subscribe('http.client.request.created', (message) => {
    if (!currentRehearsal()) return;
    // Node.js, "Diagnostics Channel", HTTP: the message of this channel.
    const { request } = message as { readonly request: ClientRequest };
    request.destroy(refuse(`${request.method} ${request.host}`));
  });
  const realFetch = globalThis.fetch;
  globalThis.fetch = (...args) => (currentRehearsal() ? Promise.reject(refuse('fetch')) : realFetch(...args));
};

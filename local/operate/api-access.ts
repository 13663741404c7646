import { randomUUID } from 'node:crypto';
import { DEFAULT_INSTANCE, readEndpoints, type Endpoints } from '../mesh/endpoints.ts';
import { mintToken } from '../mesh/identity.ts';

/** What an operator's tool takes on its command line to find the API; all of it optional on the laptop. */
export const accessOptions = {
  api: { type: 'string' },
  token: { type: 'string' },
  instance: { type: 'string' },
} as const;

export interface AccessFlags {
  readonly api?: string | undefined;
  readonly token?: string | undefined;
  readonly instance?: string | undefined;
}

/** How the tools' `--help` explains these flags. */
export const accessHelp = `  --api <url>         the mesh's HTTP API (or MESH_API); unless told, that of the mesh on this machine
  --token <token>     whom it is called as (or MESH_TOKEN); needed with --api
  --instance <name>   another mesh on this machine than the one of npm start`;

/** A command line that cannot be run; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An answer of the API that is no success, as its problem+json says it. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(detailOf(status, body));
    this.status = status;
    this.body = body;
  }
}

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Begins with a slash. */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** Of a command, unless told a fresh one; a repetition takes the same. */
  readonly idempotencyKey?: string;
}

export interface ApiAccess {
  readonly api: string;
  /** Of the mesh on this machine, when that is the one. */
  readonly endpoints: Endpoints | undefined;
  /** @throws ApiRefusal for any answer but a success, Error when there is no answer */
  readonly call: (call: ApiCall) => Promise<unknown>;
}

/**
 * The mesh's API as its operator reaches it: as told, or else that of the mesh on this machine as its demo user.
 * @throws UsageError when neither is there
 */
export const apiAccess = async (
  flags: AccessFlags,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ApiAccess> => {
  const { api, token, endpoints } = await whereAndWho(flags, environment);
  return {
    api,
    endpoints,
    call: async ({ method = 'GET', path, query = {}, body, idempotencyKey = randomUUID() }) => {
      const url = new URL(api.replace(/\/$/, '') + path);
      for (const [name, value] of Object.entries(query))
        if (value !== undefined) url.searchParams.set(name, String(value));
      const response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(method !== 'GET' && {
            'idempotency-key': idempotencyKey,
            'content-type': 'application/json',
          }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }).catch((cause: unknown) => {
        throw new Error(`${api} gives no answer: is the mesh running, and the address right?`, { cause });
      });
      const answer = jsonOrText(await response.text());
      if (!response.ok) throw new ApiRefusal(response.status, answer);
      return answer;
    },
  };
};

const whereAndWho = async (
  flags: AccessFlags,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Pick<ApiAccess, 'api' | 'endpoints'> & { readonly token: string }> => {
  const api = flags.api ?? environment['MESH_API'];
  const token = flags.token ?? environment['MESH_TOKEN'];
  if (api !== undefined && !URL.canParse(api)) throw new UsageError(`--api takes a URL, not "${api}"`);
  if (api !== undefined && token === undefined)
    throw new UsageError('--token (or MESH_TOKEN) is missing: whom shall the API be called as?');
  if (api !== undefined && token !== undefined) return { api, token, endpoints: undefined };
  const instance = flags.instance ?? DEFAULT_INSTANCE;
  const endpoints = readEndpoints(instance);
  if (!endpoints)
    throw new UsageError(
      `no mesh "${instance}" runs on this machine. Start it (npm start), or name another with --api and --token`,
    );
  return { api: endpoints.api, token: token ?? (await mintToken(endpoints)), endpoints };
};

const jsonOrText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // A gateway's own answer need not be JSON: it is shown as it is.
    return text;
  }
};

const detailOf = (status: number, body: unknown): string => {
  if (typeof body !== 'object' || body === null) return `the API answered ${status}: ${String(body)}`;
  const { detail, message, code } = body as Readonly<Record<string, unknown>>;
  const text = [detail, message].find((part) => typeof part === 'string') ?? JSON.stringify(body);
  return `the API answered ${status}${typeof code === 'string' ? ` (${code})` : ''}: ${text}`;
};

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';

export interface Call {
  readonly method: string;
  readonly path: string;
  /** Unless told: a fresh Idempotency-Key, JSON, and the caller's token. `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The public API as plain HTTP: whatever a caller can send, each header included, and nothing is sent twice. */
export const callApi =
  (api: string, token: string) =>
  async ({ method, path, headers = {}, body }: Call): Promise<ApiAnswer> => {
    const wanted: Readonly<Record<string, string | undefined>> = {
      authorization: `Bearer ${token}`,
      'idempotency-key': randomUUID(),
      'content-type': 'application/json',
      ...headers,
    };
    const sent = Object.entries(wanted).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    );
    const response = await fetch(api + path, {
      method,
      headers: Object.fromEntries(sent) as Record<string, string>,
      // Bytes, because fetch gives text a content type of its own.
      ...(body !== undefined && {
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };

/** A refusal by our own code: problem+json with every member, and the correlation id also as a header. */
export const expectProblem = (
  { status, headers, body }: ApiAnswer,
  wanted: { readonly status: number; readonly code: string; readonly paths?: readonly string[] },
): void => {
  expect(body).toMatchObject({ status: wanted.status, code: wanted.code });
  expect(status).toBe(wanted.status);
  expect(headers.get('content-type')).toBe('application/problem+json');
  // It has just matched an object.
  const { type, title, detail, correlationId } = body as Readonly<Record<string, unknown>>;
  for (const member of [type, title, detail]) expect(member).toEqual(expect.stringMatching(/./));
  expect(correlationId).toBe(headers.get('x-correlation-id'));
  if (wanted.paths === undefined) return;
  // RFC 9457 lets a problem have members of its own; `errors` is ours.
  const { errors } = body as { errors?: readonly { path: string }[] };
  expect(new Set(errors?.map(({ path }) => path))).toEqual(new Set(wanted.paths));
};

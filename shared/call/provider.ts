import type { z } from 'zod';
import { parse } from '../define/parse.ts';
import { PermanentError, TransientError } from '../errors/mesh-error.ts';
import { noCircuit, type Circuit } from './circuit.ts';

/** Less than a saga waits for a compensation, so that the function hears of a slow provider first. */
const TIMEOUT_MS = 2_500;
/** Request Timeout, Conflict (the key's first request is still running), Too Early, Too Many Requests. */
const PASSING = new Set([408, 409, 425, 429]);

export interface Answer {
  readonly path: string;
  readonly status: number;
  readonly text: string;
}

/** An external system that is asked over HTTP and answers in JSON. */
export interface Provider {
  /**
   * @param idempotencyKey by which the provider tells a repeated request from a new one
   * @throws TransientError `<code>-unreachable`, `<code>-unavailable`: try again under the same key;
   *   UnavailableError `circuit-open`: it was not asked
   */
  post(path: string, body: object, idempotencyKey?: string): Promise<Answer>;
  /** @throws PermanentError `<code>-contract`, or SchemaViolation, when the answer breaks the contract */
  read<T>(schema: z.ZodType<T>, answer: Answer): T;
  /** The error for a status that the contract does not know. */
  unexpected(answer: Answer): PermanentError;
}

export interface ProviderOptions {
  /** For a whole answer, its body included. */
  readonly timeoutMs?: number | undefined;
  /** Keeps calls away while the provider is down. */
  readonly circuit?: Circuit | undefined;
}

/**
 * @param code begins the codes of its errors, for example `gateway`
 * @param name as it stands in messages, for example `the payment gateway`
 * @param baseUrl where it stands, with or without a closing slash
 */
export const provider = (
  code: string,
  name: string,
  baseUrl: string,
  { timeoutMs = TIMEOUT_MS, circuit = noCircuit }: ProviderOptions = {},
): Provider => {
  const base = new URL(baseUrl).href.replace(/\/$/, '');
  // An answer's body stays out of messages: it is the provider's, and may name the customer.
  const contract = (message: string, options?: ErrorOptions): PermanentError =>
    new PermanentError(`${code}-contract`, message, options);
  const ask: Provider['post'] = async (path, body, idempotencyKey) => {
    const answer = await fetch(base + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify(body),
      // A redirected request could act somewhere else: a 3xx is an answer like any other, and breaks the contract.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
      .then(async (response) => ({ path, status: response.status, text: await response.text() }))
      .catch((cause: unknown) => {
        throw new TransientError(`${code}-unreachable`, `${name} gave no answer to ${path}`, { cause });
      });
    if (answer.status < 500 && !PASSING.has(answer.status)) return answer;
    throw new TransientError(`${code}-unavailable`, `${name} answered ${answer.status} to ${path}`);
  };
  return {
    post: (...request) => circuit.run(() => ask(...request)),
    read: (schema, { path, status, text }) => {
      const what = `${name}'s ${status} to ${path}`;
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch (cause) {
        throw contract(`${what} is not JSON`, { cause });
      }
      return parse(schema, body, what);
    },
    unexpected: ({ path, status }) => contract(`${name} answered ${status} to ${path}`),
  };
};

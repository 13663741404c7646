import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ANSWER_MS, ENOUGH_MS, LEASE_MS } from './worker-times.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const DEFAULT_S = Number(/^ {2}timeout: (\d+)$/m.exec(read('serverless.yml'))?.[1]);
/** A function's start comes on top of its time ("Understanding the Lambda execution environment lifecycle"). */
const INIT_MS = 10_000;

/** Every function of the mesh by its name: whether it consumes topics, and its time in seconds as it is written. */
const functions = readdirSync(new URL('functions/', root)).flatMap((context) =>
  read(`functions/${context}/functions.yml`)
    .split(/^(?=[\w-]+:$)/m)
    .map((text) => ({
      name: /^[\w-]+/.exec(text)?.[0],
      consumes: /^ {2}uses: \[.*\bconsume\b.*\]$/m.test(text),
      timeout: /^ {2}timeout: (.+)$/m.exec(text)?.[1] ?? String(DEFAULT_S),
    })),
);
const consumers = functions.filter(({ consumes }) => consumes);
const workerMs = Number(functions.find(({ name }) => name === 'mesh-redrive')?.timeout) * 1_000;

describe('a redrive worker, by the times in functions.yml', () => {
  it('is held against every consumer', () => {
    expect(consumers.length).toBeGreaterThan(40);
    expect(consumers.map(({ timeout }) => Number(timeout))).not.toContain(NaN);
  });

  it('waits for an answer for longer than any consumer can take', () => {
    const longestMs = Math.max(...consumers.map(({ timeout }) => Number(timeout))) * 1_000;
    expect(ANSWER_MS).toBeGreaterThanOrEqual(longestMs + INIT_MS);
  });

  it('has its lease for longer than that, so that no other worker begins while one waits', () => {
    expect(LEASE_MS).toBeGreaterThan(ENOUGH_MS);
    expect(ENOUGH_MS).toBeGreaterThan(ANSWER_MS);
  });

  it('can wait for the lease of one that died, and has time for a request then', () => {
    expect(workerMs).toBeGreaterThanOrEqual(LEASE_MS + ENOUGH_MS);
  });
});

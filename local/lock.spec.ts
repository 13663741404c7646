import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Locked, takeLock } from './lock.ts';

describe('a lock file', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    file = join(folder, 'deep', 'instance.lock');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is held by one at a time, and names who', async () => {
    await takeLock(file);
    await expect(takeLock(file)).rejects.toBeInstanceOf(Locked);
    await expect(takeLock(file)).rejects.toMatchObject({ pid: process.pid });
  });

  it('can be taken again after its release', async () => {
    const release = await takeLock(file);
    release();
    await expect(takeLock(file)).resolves.toBeTypeOf('function');
  });

  it('is waited for', async () => {
    const release = await takeLock(file);
    const second = takeLock(file, 10_000);
    release();
    await expect(second).resolves.toBeTypeOf('function');
  });

  it('is taken over from a process that is gone, also when its number was given to another', async () => {
    const release = await takeLock(file);
    release();
    writeFileSync(file, `${process.pid}\nThu Jan  1 00:00:00 1970\n`);
    await expect(takeLock(file)).resolves.toBeTypeOf('function');
  });
});

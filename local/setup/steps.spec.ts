import { describe, expect, it } from 'vitest';
import { npmIsCurrent } from './steps.mjs';

const lock = (packages: Record<string, { version: string; optional?: boolean }>) => ({
  packages: { '': {}, ...packages },
});
const wanted = lock({
  'node_modules/zod': { version: '4.6.7' },
  'node_modules/@esbuild/win32-x64': { version: '0.28.2', optional: true },
});

describe('node_modules is current', () => {
  it('when every package is there in its version; those for other platforms may be absent', () => {
    expect(npmIsCurrent(wanted, { packages: { 'node_modules/zod': { version: '4.6.7' } } })).toBe(true);
  });

  it('not when a package is absent', () => {
    expect(npmIsCurrent(wanted, { packages: {} })).toBe(false);
  });

  it('not when a package has another version', () => {
    expect(npmIsCurrent(wanted, { packages: { 'node_modules/zod': { version: '4.0.0' } } })).toBe(false);
  });

  it('not when a package is left over', () => {
    const packages = { 'node_modules/zod': { version: '4.6.7' }, 'node_modules/gone': { version: '1.0.0' } };
    expect(npmIsCurrent(wanted, { packages })).toBe(false);
  });
});

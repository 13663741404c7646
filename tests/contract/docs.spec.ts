import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareDocs } from '../../docs/generator/compare-docs.ts';
import { docsFolder, generatedFiles } from '../../docs/generator/generated-files.ts';

describe('the generated documents', () => {
  it('are what the code says now, and no schema breaks a published one (else run: npm run docs)', async () => {
    const generated = await generatedFiles();
    expect(generated.size).toBeGreaterThan(0);
    expect(await compareDocs(generated)).toEqual({ stale: [], breaking: [] });
  }, 120_000);
});

const root = path.dirname(docsFolder);

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = async (page: string): Promise<string[]> =>
  [...(await readFile(page, 'utf8')).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('the written documents', () => {
  it('link to files and headings that exist', async () => {
    const pages: string[] = [];
    const written = ['*.md', 'docs/**/*.md', 'functions/*/README.md', 'local/**/README.md'];
    for await (const page of glob(written, { cwd: root })) pages.push(page);
    expect(pages).toContain('README.md');
    for (const page of pages) {
      const text = await readFile(path.join(root, page), 'utf8');
      for (const [, link = ''] of text.matchAll(/\]\((?![a-z]+:)([^)\s]+)/g)) {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path.join(root, page) : path.join(root, path.dirname(page), file);
        expect(existsSync(target), `${page} links to ${link}`).toBe(true);
        if (anchor !== undefined)
          expect(await anchorsOf(target), `${page} links to ${link}`).toContain(anchor);
      }
    }
  });
});

import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AWS_PAGES, type AwsPage } from '../../local/msk-poller/conformance/aws-pages.ts';

/** A sentence of an AWS page, and the spec files that hold the MSK poller to it. */
export interface ConformanceRow {
  readonly sentence: string;
  /** Relative to the project's root. */
  readonly specs: readonly string[];
}

export interface ConformancePage extends Pick<AwsPage, 'name' | 'url'> {
  readonly rows: readonly ConformanceRow[];
  readonly notHere: readonly string[];
}

const root = path.resolve(import.meta.dirname, '../..');
const SPECS = ['local/msk-poller/**/*.spec.ts', 'tests/integration/msk-poller*.spec.ts'];
const TEST = /\bconforms\(\s*'(\w+)',\s*'(\w+)'/g;

/** The spec files that name each sentence, as `page.sentence`. */
const testedSentences = async (): Promise<Map<string, string[]>> => {
  const specs: string[] = [];
  for await (const spec of glob(SPECS, { cwd: root })) specs.push(spec);
  const tested = new Map<string, string[]>();
  for (const spec of specs.sort()) {
    const text = await readFile(path.join(root, spec), 'utf8');
    for (const [, page = '', sentence = ''] of text.matchAll(TEST)) {
      const id = `${page}.${sentence}`;
      tested.set(id, [...(tested.get(id) ?? []), spec]);
    }
  }
  return tested;
};

/**
 * The AWS pages that the MSK poller is tested against, read from the specs without running them.
 * @throws Error when a sentence has no test
 */
export const loadConformance = async (): Promise<ConformancePage[]> => {
  const tested = await testedSentences();
  const pages: [string, AwsPage][] = Object.entries(AWS_PAGES);
  const untested = pages.flatMap(([id, { sentences }]) =>
    Object.keys(sentences)
      .map((key) => `${id}.${key}`)
      .filter((sentence) => !tested.has(sentence)),
  );
  if (untested.length > 0)
    throw new Error(`local/msk-poller/conformance/aws-pages.ts: no test of ${untested.join(', ')}`);
  return pages.map(([id, { name, url, sentences, notHere = {} }]) => ({
    name,
    url,
    rows: Object.entries(sentences).map(([key, sentence]) => ({
      sentence,
      specs: [...new Set(tested.get(`${id}.${key}`))],
    })),
    notHere: Object.values(notHere),
  }));
};

import { it } from 'vitest';
import { AWS_PAGES, type AwsPageId, type SentenceId } from '../conformance/aws-pages.ts';

/**
 * The test of one sentence of an AWS page; its title is page and sentence. docs/msk-poller.md lists what is tested by
 * looking for `conforms('page', 'sentence'` in the spec files, so both are written out.
 */
export function conforms<P extends AwsPageId>(
  page: P,
  sentence: SentenceId<P>,
  test: () => void | Promise<void>,
): void {
  const { name, sentences }: { name: string; sentences: Readonly<Record<string, string>> } = AWS_PAGES[page];
  it(`${name}: ${sentences[sentence] ?? sentence}`, test);
}

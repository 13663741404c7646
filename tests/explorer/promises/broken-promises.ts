import type { Findings } from './findings.ts';
import { brokenByConsumer } from './broken-by-consumer.ts';
import { brokenByLetters } from './broken-by-letters.ts';
import { brokenByNaive } from './broken-by-naive.ts';
import { brokenByWriters } from './broken-by-writers.ts';
import { brokenInTopics } from './broken-in-topics.ts';
import type { World } from '../world/world.ts';

/** When to look: what failed is parked, or it was mended and redriven. */
export type Stage = 'parked' | 'redriven';

/**
 * The promises of docs/architecture.md that a world at rest has broken, each as its number and what was seen. Promises 8
 * (contracts) and 9 (the saga) are outside of what runs here.
 */
export const brokenPromises = async (
  world: World,
  findings: Findings,
  stage: Stage,
): Promise<readonly string[]> => {
  const upstream = [...brokenByWriters(world, findings), ...brokenInTopics(world, findings)];
  if (world.schedule.subject === 'naive') return [...upstream, ...(await brokenByNaive(world, findings))];
  return [
    ...upstream,
    ...(await brokenByConsumer(world, findings, stage)),
    ...(await brokenByLetters(world, findings, stage)),
  ];
};

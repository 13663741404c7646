import { z } from 'zod';

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

/** What is used of vitest's JSON report (Jest's format). */
const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

/**
 * The totals of a run. A file that could not be loaded, or whose set-up failed, has no failed test of its
 * own and counts as one failure; so does a run that failed for no reason that the report names.
 *
 * @throws ZodError when the report has another shape
 */
export function countTests(report: unknown, exitCode: number): TestCount {
  const { numPassedTests, numFailedTests, testResults } = Report.parse(report);
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = numFailedTests + brokenFiles;
  return { passed: numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

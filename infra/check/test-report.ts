/** What one run of vitest amounts to. */
export interface TestSums {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NO_TESTS: TestSums = { passed: 0, failed: 0, skipped: 0 };

/** A part that ended without a report ran into something worse than a failed test: it counts as one. */
const CRASHED: TestSums = { passed: 0, failed: 1, skipped: 0 };

/**
 * Counts the tests themselves rather than believing the totals of the report, which leave out files that failed to load.
 *
 * @param report text of vitest's JSON report, undefined when it wrote none
 * @param exitCode of vitest; a failure that no test shows (an unhandled rejection) still counts as one
 */
export function sumReport(report: string | undefined, exitCode: number | null): TestSums {
  const files = parseFiles(report);
  if (files === undefined) return CRASHED;
  const statuses = files.flatMap((file) => file.assertionResults.map((test) => test.status));
  const count = (...wanted: string[]): number => statuses.filter((status) => wanted.includes(status)).length;
  const unloaded = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = count('failed') + unloaded;
  return {
    passed: count('passed'),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: count('skipped', 'pending', 'todo', 'disabled'),
  };
}

export function addSums(left: TestSums, right: TestSums): TestSums {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/** The last line of a test run, which other programs read: `12 passed, 0 failed` and, when there are any, `, 3 skipped`. */
export function formatSums({ passed, failed, skipped }: TestSums): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

interface ReportedFile {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

function parseFiles(report: string | undefined): readonly ReportedFile[] | undefined {
  if (report === undefined) return undefined;
  try {
    const parsed = JSON.parse(report) as { testResults?: readonly ReportedFile[] } | null;
    return Array.isArray(parsed?.testResults) ? parsed.testResults : undefined;
  } catch {
    return undefined;
  }
}

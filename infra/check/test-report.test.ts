import { describe, expect, it } from 'vitest';
import { addSums, formatSums, sumReport } from './test-report.ts';

function report(...files: { status: string; tests: string[] }[]): string {
  const testResults = files.map(({ status, tests }) => ({
    status,
    assertionResults: tests.map((each) => ({ status: each })),
  }));
  return JSON.stringify({ testResults });
}

describe('sumReport', () => {
  it('counts passed, failed and skipped tests over all files', () => {
    const text = report(
      { status: 'failed', tests: ['passed', 'failed', 'todo'] },
      { status: 'passed', tests: ['passed', 'skipped'] },
    );
    expect(sumReport(text, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that could not be loaded as one failure', () => {
    expect(sumReport(report({ status: 'failed', tests: [] }, { status: 'passed', tests: ['passed'] }), 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it('counts an error outside of all tests as one failure', () => {
    expect(sumReport(report({ status: 'passed', tests: ['passed'] }), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('counts a run that left no report, or half of one, as one failure', () => {
    expect(sumReport(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(sumReport('{"testRes', 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('the last line', () => {
  it('leaves out the skipped when there are none', () => {
    expect(formatSums({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(formatSums(addSums({ passed: 1, failed: 2, skipped: 0 }, { passed: 3, failed: 0, skipped: 4 }))).toBe(
      '4 passed, 2 failed, 4 skipped',
    );
  });
});

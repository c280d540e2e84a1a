/**
 * Runs the tests, one project after another, and ends with their sum on a line of its own.
 *
 *   ./vantage test [unit] [peer] [db] [e2e] [part of a file's path …]
 *
 * Without a project named, all four run. Exit code 0 when nothing failed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findMediasoupWorker } from '../setup/mediasoup-worker/worker-binary.ts';
import { REPOSITORY_ROOT } from '../setup/cache-folder.ts';
import { addSums, formatSums, NO_TESTS, sumReport, type TestSums } from './test-report.ts';

const PROJECTS = ['unit', 'peer', 'db', 'e2e'];

const HELP = `Usage: vantage test [unit] [peer] [db] [e2e] [part of a file's path ...]

Runs everything that CI runs: unit tests, tests with real peers and threads, tests on a real PostgreSQL, and the whole line with simulated cameras and a
real browser. The last line is the sum, for example: 412 passed, 0 failed`;

async function runProject(project: string, filters: readonly string[], reportPath: string): Promise<TestSums> {
  console.log(`\n==== ${project} tests ====`);
  const args = ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json'];
  const vitest = join(REPOSITORY_ROOT, 'node_modules', '.bin', 'vitest');
  const child = spawn(process.execPath, [vitest, ...args, `--outputFile.json=${reportPath}`, ...filters], {
    cwd: REPOSITORY_ROOT,
    env: testEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exitCode = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  return sumReport(readIfThere(reportPath), exitCode);
}

/** Children find the same Node, and mediasoup, wherever it is loaded, our worker. */
function testEnvironment(): NodeJS.ProcessEnv {
  const worker = findMediasoupWorker();
  return {
    ...process.env,
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    ...('path' in worker ? { MEDIASOUP_WORKER_BIN: worker.path } : {}),
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const args = process.argv.slice(2);
if (args.some((arg) => arg === '--help' || arg === '-h')) {
  console.log(HELP);
} else {
  const named = PROJECTS.filter((project) => args.includes(project));
  const filters = args.filter((arg) => !PROJECTS.includes(arg));
  const reports = mkdtempSync(join(tmpdir(), 'vantage-tests-'));
  let sums = NO_TESTS;
  for (const project of named.length > 0 ? named : PROJECTS) {
    sums = addSums(sums, await runProject(project, filters, join(reports, `${project}.json`)));
  }
  rmSync(reports, { recursive: true, force: true });
  const ran = sums.passed + sums.failed + sums.skipped;
  if (ran === 0) console.log(`\nNo test was found for: ${args.join(' ')}`);
  process.exitCode = sums.failed > 0 || ran === 0 ? 1 : 0;
  console.log(`\n${formatSums(sums)}`);
}

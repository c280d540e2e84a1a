/**
 * What must hold before a change is done; the same by hand and in CI.
 *
 *   node infra/check/check.ts [--no-unit]
 *
 * Prints one line per step with its time, then the whole output of the steps that failed. `--no-unit` leaves out the unit
 * tests, for a caller that runs all tests afterwards.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY_ROOT } from '../setup/cache-folder.ts';
import { findForbiddenNames } from './forbidden.ts';

interface StepResult {
  readonly ok: boolean;
  readonly output: string;
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<StepResult>;
}

const FOLDERS = ['ingest', 'analyzers', 'storage', 'streaming', 'api', 'ui', 'infra', 'e2e', 'vitest.config.ts'];

/** The slow ones first, so that two cores end at about the same time. */
const STEPS: readonly Step[] = [
  { name: 'types', run: () => tool('tsc', '--noEmit', '--pretty', 'false') },
  { name: 'unit tests', run: () => tool('vitest', 'run', '--project', 'unit', '--passWithNoTests') },
  { name: 'lint', run: () => tool('oxlint', '--type-aware', '--deny-warnings') },
  { name: 'dead code', run: () => tool('knip', '--no-progress') },
  {
    name: 'arrows',
    run: () =>
      tool('depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', ...present(FOLDERS)),
  },
  { name: 'format', run: () => tool('biome', 'format', '--max-diagnostics', '50', '.') },
  { name: 'forbidden names', run: async () => forbiddenNames() },
];

function present(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(join(REPOSITORY_ROOT, path)));
}

/** Runs a program of node_modules/.bin under this very Node, whatever the machine's own is. */
function tool(name: string, ...args: readonly string[]): Promise<StepResult> {
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn(process.execPath, [join(REPOSITORY_ROOT, 'node_modules', '.bin', name), ...args], {
    cwd: REPOSITORY_ROOT,
    env: { ...process.env, PATH: path, NO_COLOR: '1', FORCE_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8').trim() }));
  });
}

function forbiddenNames(): StepResult {
  const found = findForbiddenNames(REPOSITORY_ROOT);
  const lines = found.map(({ file, line, name, because }) => `${file}:${line}  ${name}: ${because}`);
  return { ok: found.length === 0, output: lines.join('\n') };
}

async function runStep(step: Step): Promise<StepResult & { readonly name: string }> {
  const started = performance.now();
  const result = await step.run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  console.log(`${result.ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(16)} ${seconds} s`);
  return { ...result, name: step.name };
}

async function runAll(steps: readonly Step[]): Promise<(StepResult & { readonly name: string })[]> {
  const waiting = [...steps];
  const results: (StepResult & { readonly name: string })[] = [];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) results.push(await runStep(step));
  };
  await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, lane));
  return results;
}

const { values } = parseArgs({ options: { 'no-unit': { type: 'boolean', default: false } } });
const started = performance.now();
const results = await runAll(STEPS.filter((step) => !(values['no-unit'] && step.name === 'unit tests')));
const failed = results.filter((result) => !result.ok);
for (const { name, output } of failed) console.log(`\n==== ${name} ====\n${output}`);

const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  failed.length === 0
    ? `\nall checks passed in ${seconds} s`
    : `\n${failed.length} of ${results.length} checks failed in ${seconds} s`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

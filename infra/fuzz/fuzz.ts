/**
 * Damages good inputs for as long as it is let, and keeps what breaks a parser:
 *
 *   node infra/fuzz/fuzz.ts [--target NAME] [--seconds 600] [--seed N]
 *
 * A finding is written to ingest/testdata/fuzz/TARGET/, where a unit test replays it for ever: mend the parser, then keep
 * the file.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { filesIn, FUZZ_FOLDER } from './corpus.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutate, seededRandom } from './mutate.ts';
import { TARGETS } from './targets.ts';

/** A single input that keeps the thread for so long would stop all cameras of the process. */
const MAX_RUN_CPU_MS = 1000;
const MAX_FINDINGS = 5;

interface Outcome {
  readonly runs: number;
  readonly findings: readonly string[];
  readonly slowestMs: number;
}

async function fuzz(target: FuzzTarget, seconds: number, seed: number): Promise<Outcome> {
  const random = seededRandom(seed);
  const seeds = [...target.seeds(), ...filesIn(target.name).map(({ bytes }) => bytes)];
  const findings = new Map<string, string>();
  let runs = 0;
  let slowestMs = 0;
  for (
    const untilMs = performance.now() + seconds * 1000;
    performance.now() < untilMs && findings.size < MAX_FINDINGS;
    runs++
  ) {
    const bytes = mutate(seeds, random, target.words);
    const before = process.cpuUsage();
    const problem = await problemOf(target, bytes);
    const used = process.cpuUsage(before);
    const ms = (used.user + used.system) / 1000;
    slowestMs = Math.max(slowestMs, ms);
    const finding = problem ?? (ms > MAX_RUN_CPU_MS ? `took ${Math.round(ms)} ms of CPU` : undefined);
    // One file for each way to break it.
    const kind = finding?.replaceAll(/\d+/g, '#');
    if (finding === undefined || kind === undefined || findings.has(kind)) continue;
    findings.set(kind, `${keep(target, bytes)}: ${finding}`);
  }
  return { runs, findings: [...findings.values()], slowestMs };
}

async function problemOf(target: FuzzTarget, bytes: Buffer): Promise<string | undefined> {
  try {
    await target.run(bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    const place =
      error.stack
        ?.split('\n')
        .find((line) => /ingest\//.test(line))
        ?.trim() ?? '';
    return `${error.name}: ${error.message} ${place}`;
  }
}

function keep(target: FuzzTarget, bytes: Buffer): string {
  const name = `${createHash('sha1').update(bytes).digest('hex').slice(0, 12)}.bin`;
  mkdirSync(path.join(FUZZ_FOLDER, target.name), { recursive: true });
  writeFileSync(path.join(FUZZ_FOLDER, target.name, name), bytes);
  return path.join(target.name, name);
}

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const chosen = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0) {
  console.error(`There is no target ${values.target}. Targets: ${TARGETS.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
}
for (const target of chosen) {
  const { runs, findings, slowestMs } = await fuzz(target, Number(values.seconds) / chosen.length, Number(values.seed));
  console.log(
    `${target.name}: ${runs} inputs, ${findings.length} findings, slowest ${slowestMs.toFixed(0)} ms, seed ${values.seed}`,
  );
  for (const finding of findings) console.log(`  ${finding}`);
  if (findings.length > 0) process.exitCode = 1;
}

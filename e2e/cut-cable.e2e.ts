import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordingGap, SegmentRecord } from '#ingest/media.ts';
import { type CutCable, layCable } from './cut-cable.ts';
import { encodeFilm, FPS, placesIn, readRecorded } from './fault-line.ts';

const MAIN = new URL('../infra/cli/main.ts', import.meta.url).pathname;
const GOP = 10;
const CAMERAS = 8;
/** How long the cable is cut: longer than a connection lives on by itself, and not a multiple of anything. */
const CUT_MS = [11_300];
const SECONDS = 26;
/**
 * From the moment the cable is back: what is left of a try (0.2 s after its last packet), the longest delay before the next, the handshake
 * and the next key frame; and the same again, since this machine may stand still.
 */
const BACK_WITHIN_MS = 3000;
const BUSY_MS = 1500;

let folder = '';
let film = '';
let cable: CutCable | undefined;
let simulator: ChildProcess | undefined;
const probe = layCable();
probe?.close();

beforeAll(async () => {
  if (!probe) return;
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-cable-'));
  film = path.join(folder, 'film.mp4');
  await encodeFilm(film, { seconds: SECONDS + 20, size: '320x192', gop: GOP, kbps: 300 });
  cable = layCable();
});

afterAll(async () => {
  simulator?.kill('SIGKILL');
  cable?.close();
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Summary {
  readonly recordings: readonly { segments: SegmentRecord[]; gaps: RecordingGap[] }[];
}

test.skipIf(!probe)(
  'a cable that is cut drops packets in silence; when it is back, recording is within 3 s, and nothing is there twice',
  async () => {
    if (!cable) throw new Error('there is no cable');
    const { cameraHost, at } = cable;
    const run = ([program, ...args]: readonly [string, ...string[]]): ChildProcess =>
      spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const words = ['--cameras', String(CAMERAS), '--clip', film, '--port', '8554', '--bind', '0.0.0.0', '--json'];
    simulator = run(at('camera', [process.execPath, MAIN, 'simulate', ...words]));
    await firstLine(simulator);
    const urls = Array.from({ length: CAMERAS }, (_, index) => `rtsp://${cameraHost}:8554/cam/${index + 1}`);
    const [program, ...args] = at('ours', [process.execPath, MAIN, 'record', ...urls, '--out', folder, '--json']);
    const recording = promisify(execFile)(program, [...args, '--seconds', String(SECONDS)], { maxBuffer: 2 ** 24 });
    await wait(5000);
    const mendedMs: number[] = [];
    for (const cutMs of CUT_MS) {
      cable.cut();
      await wait(cutMs);
      mendedMs.push(Date.now());
      cable.mend();
      await wait(7000);
    }
    const { recordings } = JSON.parse((await recording).stdout) as Summary;
    const places = await placesIn(film);
    const backAfterMs: number[] = [];
    expect(recordings).toHaveLength(CAMERAS);
    for (const { segments, gaps } of recordings) {
      // Unplugged is what it is called in the end, whatever it looked like at first.
      expect(gaps.map(({ cause }) => cause)).toEqual(CUT_MS.map(() => 'camera_unreachable'));
      backAfterMs.push(...gaps.map(({ endMs = Infinity }, index) => endMs - (mendedMs[index] ?? 0)));
      const recorded: number[] = [];
      for (const segment of segments) {
        const { fingerprints, complaints } = await readRecorded(folder, segment);
        expect(complaints).toEqual([]);
        recorded.push(...fingerprints.map((one) => places.get(one) ?? -1));
      }
      expect(recorded).not.toContain(-1);
      expect(new Set(recorded).size).toBe(recorded.length);
      expect(recorded.length).toBeGreaterThan((SECONDS - 11.3 - 6) * FPS - 2 * GOP);
    }
    console.log(`cable cut: ${JSON.stringify({ cutMs: CUT_MS, backAfterMs })}`);
    expect(Math.min(...backAfterMs)).toBeGreaterThan(0);
    expect(Math.max(...backAfterMs)).toBeLessThan(BACK_WITHIN_MS + BUSY_MS);
  },
);

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('no standard output');
  return await new Promise((resolve) => createInterface({ input: stdout }).once('line', resolve));
}

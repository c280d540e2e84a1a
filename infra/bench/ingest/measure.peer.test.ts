import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startOurs } from './contenders.ts';
import { makeLoadFilm } from './load-clip.ts';
import { measure } from './measure.ts';

test('two cameras are sent, recorded and counted to the last picture', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-bench-'));
  try {
    const run = await measure({
      film: await makeLoadFilm(path.join(folder, 'films'), 0.5, 2),
      cameras: 2,
      seconds: 2,
      warmUpSeconds: 0,
      segmentSeconds: 2,
      folder: path.join(folder, 'recordings'),
      probedCameras: 2,
      start: (options) => startOurs({ ...options, threads: 2, profileFolder: undefined }),
    });
    expect(run.framesSent).toBeGreaterThan(2 * 25);
    expect(run.framesRecorded).toBe(run.framesSent);
    expect(run).toMatchObject({ gaps: [], probedCameras: 2, probeMismatches: 0, framesLeftOut: 0 });
    expect(run.cpuMs).toBeGreaterThan(0);
    expect(run.proportionalMb).toBeGreaterThan(10);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);

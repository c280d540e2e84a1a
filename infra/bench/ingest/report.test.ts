import { expect, test } from 'vitest';
import { fitLine, median } from './line-fit.ts';
import type { Measurement } from './measure.ts';
import { cpuMsPerSecondPerCamera, keptPace, summarise } from './report.ts';

function run(changes: Partial<Measurement> = {}): Measurement {
  return {
    cameras: 100,
    windowMs: 20_000,
    mbitPerSecond: 2,
    cpuMs: 2000,
    loadCpuMs: 600,
    proportionalMb: 120,
    framesSent: 62_000,
    framesRecorded: 62_000,
    gaps: [],
    probedCameras: 5,
    probeMismatches: 0,
    framesSentInWindow: 50_000,
    sourceWindowMs: 20_000,
    memory: [],
    framesLeftOut: 0,
    lateP50Ms: 1,
    lateP99Ms: 3,
    lateMaxMs: 9,
    ...changes,
  };
}

test('CPU is divided by the seconds of the window and by the cameras', () => {
  expect(cpuMsPerSecondPerCamera(run())).toBe(1);
  expect(cpuMsPerSecondPerCamera(run({ windowMs: 10_000 }))).toBe(2);
});

test('sizes come in rising order, repetitions as their middle and least, counts as sums', () => {
  const ours = [
    run({ cameras: 200, cpuMs: 4400 }),
    run({ cpuMs: 3000 }),
    run({ cpuMs: 2000 }),
    run({ cpuMs: 2200, gaps: ['STREAM_STALLED'] }),
  ];
  const peer = [run({ cameras: 20, cpuMs: 1600 }), run({ cameras: 20, cpuMs: 2000 })];
  const { results, peer: peerLine, ratio } = summarise({ ours, peer, model: [] }, 25);
  expect(results.map((one) => one['cameras'])).toEqual([100, 200]);
  expect(results[0]).toMatchObject({
    cpuMsPerSecondPerCamera: 1.1,
    cpuMsPerSecondPerCameraMin: 1,
    memoryMbPerCamera: 1.2,
    framesSent: 186_000,
    framesRecorded: 186_000,
    gaps: 1,
    gapCauses: 'STREAM_STALLED',
    runs: 3,
    sourceCpuMsPerSecondPerCamera: 0.3,
  });
  expect(peerLine?.['cpuMsPerSecondPerCamera']).toBe(4.5);
  // Of the largest size: 1.1 to 4.5.
  expect(ratio).toBe(0.244);
});

test('memory that grows is told by the minute, of the run in which it grew most, unless the run is too short', () => {
  const memoryOf = (mbAt: (second: number) => number) =>
    Array.from({ length: 300 }, (_, at) => ({ atMs: at * 2000, proportionalMb: mbAt(at * 2) }));
  const steady = run({ memory: memoryOf(() => 200) });
  // It grows by 30 MB in the first half, and by 1 MB a minute in the second.
  const growing = run({ memory: memoryOf((s) => (s < 300 ? 200 + s / 10 : 230 + (s - 300) / 60)) });
  const { results } = summarise({ ours: [steady, growing, steady], peer: [], model: [] }, 25);
  expect(results[0]?.['memoryGrowthMbPerMinuteSecondHalf']).toBe(1);
  expect(results[0]?.['memoryGrowthMbPerMinute']).toBeGreaterThan(3);
  const short = run({ memory: memoryOf((s) => 200 + s).slice(0, 10) });
  expect(summarise({ ours: [short], peer: [], model: [] }, 25).results[0]).not.toHaveProperty(
    'memoryGrowthMbPerMinute',
  );
});

test('there is no ratio without a peer, nor where pictures are missing', () => {
  const lossy = [run({ framesRecorded: 61_999 })];
  expect(summarise({ ours: lossy, peer: [run()], model: [] }, 25).ratio).toBeUndefined();
  expect(summarise({ ours: [run()], peer: [], model: [] }, 25)).toMatchObject({ peer: undefined, ratio: undefined });
});

test('a load that comes late, leaves pictures out or sends too few is called out', () => {
  expect(keptPace(run(), 25)).toBe(true);
  expect(keptPace(run({ lateP99Ms: 41 }), 25)).toBe(false);
  expect(keptPace(run({ framesLeftOut: 1 }), 25)).toBe(false);
  expect(keptPace(run({ framesSentInWindow: 49_000 }), 25)).toBe(false);
  const { results } = summarise({ ours: [run(), run({ lateP99Ms: 100 })], peer: [], model: [] }, 25);
  expect(results[0]).toMatchObject({ sourceKeptPace: false, sourceLateP99Ms: 100 });
});

test('the cost of a camera is fitted against its bit rate, and that of all against their number', () => {
  const model = [1, 2, 4, 8].map((mbitPerSecond) =>
    run({ mbitPerSecond, cpuMs: (0.5 + 0.25 * mbitPerSecond) * 20 * 100 }),
  );
  const ours = [50, 100, 200].map((cameras) => run({ cameras, cpuMs: (30 + 0.8 * cameras) * 20 }));
  const summary = summarise({ ours, peer: [], model }, 25);
  expect(summary.model).toMatchObject({ cameras: 100, aMsPerSecond: 0.5, bMsPerSecondPerMbit: 0.25, r2: 1 });
  expect(summary.linearity).toEqual({ fixedMsPerSecond: 30, msPerSecondPerCamera: 0.8, r2: 1 });
});

test('a line needs two places; what it does not explain lowers r²', () => {
  expect(fitLine([{ x: 1, y: 1 }])).toBeUndefined();
  expect(
    fitLine([
      { x: 1, y: 1 },
      { x: 1, y: 2 },
    ]),
  ).toBeUndefined();
  // By hand: sums of squares 5, 5 and 4 about the means 1.5 and 1.5.
  const fit = fitLine([
    { x: 0, y: 0 },
    { x: 1, y: 2 },
    { x: 2, y: 1 },
    { x: 3, y: 3 },
  ]);
  expect(fit?.slope).toBeCloseTo(0.8);
  expect(fit?.intercept).toBeCloseTo(0.3);
  expect(fit?.r2).toBeCloseTo(0.64);
});

test('middle values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

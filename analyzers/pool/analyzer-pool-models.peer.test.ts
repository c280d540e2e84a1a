import { expect, it } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { Canvas } from '../testing/pictures.ts';
import { AnalyzerPool } from './analyzer-pool.ts';

it('runs the shipped detector in a thread, and goes on with a new thread after one was killed', async () => {
  const pool = new AnalyzerPool({
    threads: 1,
    models: {
      detector: 'centernet',
      detectionThreshold: 0.3,
      modelFolder: '',
      modelMirror: '',
      packFolder: '',
      readPlates: false,
    },
    clock: systemClock,
    log: silentLog,
  });
  const { shared, widthPx, heightPx } = new Canvas(320, 180, [110, 115, 120]).addNoise(6, 1);
  const job = { pixels: shared, widthPx, heightPx, plates: undefined };
  try {
    await pool.start();
    const before = await pool.submit('cam', job);
    expect(before?.detections).toEqual([]);
    expect(before?.detectMs).toBeGreaterThan(0);
    await pool.killOneThread();
    expect((await pool.submit('cam', job))?.detections).toEqual([]);
    expect(pool.counters).toMatchObject({ analysed: 2, died: 1, threads: 1 });
  } finally {
    await pool.close();
  }
}, 60_000);

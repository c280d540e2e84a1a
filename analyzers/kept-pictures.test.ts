import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { MemoryBus } from '#infra/runtime/bus.ts';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { Camera } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import { AnalysisPipeline } from './analysis-pipeline.ts';
import type { AnalyzerTopics } from './ports.ts';
import { FakePool, FakeSink } from './testing/fake-pipeline-ends.ts';
import { Canvas, detection } from './testing/pictures.ts';

const ID = cameraId('camera');
const COOK = detection('person', 0.5, 0.3, 0.2, 0.6);

function camera(scene: Camera['scene']): Camera {
  return {
    ...{ id: ID, name: 'Wok', number: '1', area: 'North', scene, streams: [], rules: [] },
    ...{ latitude: undefined, longitude: undefined, username: undefined, password: undefined },
    recording: recordingPolicy({ mode: 'off' }),
    analysis: { mode: 'fps', fps: 4 },
  };
}

/** Something that is taken for a car passes a person. @returns mean difference of neighbours where the head is, grey levels */
async function detailOfHead(scene: Camera['scene']): Promise<number> {
  const [pool, sink, clock] = [new FakePool(), new FakeSink(), new SimulatedClock(1_764_000_000_000)];
  const pipeline = new AnalysisPipeline({
    ...{ pool, sink, clock, log: silentLog, bus: new MemoryBus<AnalyzerTopics>(() => undefined) },
    openViolations: { openOf: () => Promise.resolve([]) },
    blobs: { get: () => Promise.reject(new Error('there is none')) },
    config: { trackEndMs: 2500, detectionThreshold: 0.3, skipUnchanged: false, blurHeads: true },
  });
  try {
    pipeline.addCamera(camera(scene));
    for (let step = 0; step <= 20; step++) {
      const isPassing = step <= 8;
      pool.next = { detections: isPassing ? [detection('car', step * 0.09, 0.4, 0.25, 0.2), COOK] : [], plates: [] };
      const { widthPx, heightPx, shared } = striped();
      clock.advance(250);
      const release = vi.fn();
      const frame = { cameraId: ID, stream: 'main' as const, pts90k: 0, wallMs: clock.nowMs(), widthPx, heightPx };
      pipeline.push({ ...frame, pixels: shared, release });
      await vi.waitFor(() => expect(release).toHaveBeenCalled(), { interval: 2 });
    }
    await vi.waitFor(() => expect(sink.events).toHaveLength(1));
  } finally {
    await pipeline.close();
  }
  const [picture] = sink.stored[0]?.pictures ?? [];
  const pixels = await sharp(picture?.jpeg).greyscale().raw().toBuffer();
  const row = Array.from(pixels.subarray(160 * 32 + 84, 160 * 32 + 108));
  return row.slice(1).reduce((sum, level, index) => sum + Math.abs(level - (row[index] ?? 0)), 0) / row.length;
}

function striped(): Canvas {
  const canvas = new Canvas(160, 90, [90, 90, 90]);
  for (let x = 0; x < 160; x += 8) canvas.fill({ x: x / 160, y: 0, width: 4 / 160, height: 1 }, [200, 200, 200]);
  return canvas;
}

describe('what is kept of a picture', () => {
  it('on a road is all of it', async () => {
    expect(await detailOfHead('road')).toBeGreaterThan(15);
  });

  it('in a kitchen has no heads, whatever it is kept for', async () => {
    expect(await detailOfHead('kitchen')).toBeLessThan(5);
  });
});

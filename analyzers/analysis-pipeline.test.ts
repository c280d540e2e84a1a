import { beforeEach, describe, expect, it, vi } from 'vitest';
import sharp from 'sharp';
import { MemoryBus } from '#infra/runtime/bus.ts';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { Camera, CameraRule } from '#ingest/cameras/camera.ts';
import { cameraId, type Frame } from '#ingest/media.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import type { BlobStore } from '#ingest/ports.ts';
import { AnalysisPipeline } from './analysis-pipeline.ts';
import type { Detection, PlateReading } from './detection.ts';
import type { AnalyzerTopics, FrameAnalysis } from './ports.ts';
import type { OpenViolation } from './rules/hygiene-book.ts';
import { FakePool, FakeSink } from './testing/fake-pipeline-ends.ts';
import { Canvas, detection, rectangleZone } from './testing/pictures.ts';

const ID = cameraId('cam-1');
const START_MS = Date.UTC(2026, 10, 23, 18, 0, 0);

/** Holds what the test put there, by key. */
const stored = new Map<string, Buffer>();
const blobs: Pick<BlobStore, 'get'> = {
  async get(key) {
    const body = stored.get(key);
    if (!body) throw new Error('the store is away');
    return { body, contentType: 'image/jpeg' };
  },
};

const openViolations = { openOf: async (): Promise<readonly OpenViolation[]> => openNow };
let openNow: readonly OpenViolation[];
let pool: FakePool;
let sink: FakeSink;
let clock: SimulatedClock;
let overlays: FrameAnalysis[];
let pipeline: AnalysisPipeline;
let lent: number;

beforeEach(() => {
  openNow = [];
  stored.clear();
  pool = new FakePool();
  sink = new FakeSink();
  clock = new SimulatedClock(START_MS);
  overlays = [];
  lent = 0;
  const bus = new MemoryBus<AnalyzerTopics>((error) => {
    throw error;
  });
  bus.subscribe('frame.analysis', (analysis) => overlays.push(analysis));
  pipeline = new AnalysisPipeline({
    pool,
    sink,
    openViolations,
    blobs,
    bus,
    clock,
    log: silentLog,
    config: { trackEndMs: 2500, detectionThreshold: 0.3, skipUnchanged: true, blurHeads: true },
  });
  return async () => pipeline.close();
});

function camera(rules: readonly CameraRule[] = [], scene: Camera['scene'] = 'road'): Camera {
  return {
    id: ID,
    name: 'Gate',
    number: '1',
    area: 'North',
    scene,
    latitude: undefined,
    longitude: undefined,
    streams: [],
    username: undefined,
    password: undefined,
    recording: recordingPolicy({ mode: 'off' }),
    analysis: { mode: 'fps', fps: 4 },
    rules,
  };
}

function frameOf(canvas: Canvas): Frame {
  lent++;
  const release = vi.fn(() => {
    lent--;
  });
  const { widthPx, heightPx, shared } = canvas;
  return { cameraId: ID, stream: 'main', pts90k: 0, wallMs: clock.nowMs(), widthPx, heightPx, pixels: shared, release };
}

/** Shows a picture, 250 ms after the one before. */
async function show(detections: Detection[], plates: PlateReading[] = [], canvas?: Canvas): Promise<void> {
  pool.next = { detections, plates };
  clock.advance(250);
  const picture = canvas ?? new Canvas(160, 90, [90, 90, 90]).addNoise(5, clock.nowMs() % 1000);
  pipeline.push(frameOf(picture));
  await vi.waitFor(() => expect(lent).toBe(0), { interval: 2 });
}

function reading(text: string, confidence: number): PlateReading {
  return {
    text,
    kind: 'standard',
    confidence,
    colour: 'blue',
    sharpness: 1,
    box: { x: 0.4, y: 0.5, width: 0.08, height: 0.03 },
    vehicleIndex: 0,
    alternatives: [],
    characterConfidences: [],
  };
}

async function driveBy(plateAt: (step: number) => PlateReading | undefined = () => undefined): Promise<void> {
  for (let step = 0; step <= 8; step++) {
    const plate = plateAt(step);
    await show([detection('car', step * 0.09, 0.4, 0.25, 0.2)], plate ? [plate] : []);
  }
}

async function showNothing(pictures: number): Promise<void> {
  for (let index = 0; index < pictures; index++) await show([]);
}

describe('a vehicle that drives by', () => {
  it('becomes one sighting with its picture, although no plate was read', async () => {
    pipeline.addCamera(camera());
    await driveBy();
    await showNothing(12);
    await vi.waitFor(() => expect(sink.events).toHaveLength(1));
    const [{ event, pictures } = { event: undefined, pictures: [] }] = sink.stored;
    expect(event).toMatchObject({ kind: 'vehicle.sighting', vehicleType: 'car', firstSeenMs: START_MS + 250 });
    expect(event).not.toHaveProperty('plate');
    expect(pictures.map(({ key }) => key)).toEqual([`evidence/2026/11/23/${event?.eventId}-picture.jpg`]);
    const jpeg = await sharp(pictures[0]?.jpeg).metadata();
    expect([jpeg.format, jpeg.width, jpeg.height]).toEqual(['jpeg', 160, 90]);
  });

  it('carries the plate that its pictures together say, and the crop of the surest one', async () => {
    pipeline.addCamera(camera());
    await driveBy((step) => (step < 3 ? undefined : reading(step === 4 ? '京A12346' : '京A12345', 0.7 + step / 40)));
    await showNothing(12);
    await vi.waitFor(() => expect(sink.events).toHaveLength(1));
    const [stored] = sink.stored;
    expect(stored?.event).toMatchObject({ plate: { text: '京A12345', framesRead: 6, framesAgreeing: 5 } });
    expect(stored?.pictures.map(({ key }) => key.split('-').at(-1))).toEqual(['picture.jpg', 'plate.jpg']);
    expect(stored?.event).toMatchObject({ timeMs: START_MS + 9 * 250, plateCropKey: stored?.pictures[1]?.key });
  });

  it('is told with its direction, but with speed and length only from a calibrated camera', async () => {
    const picture = (): Canvas => new Canvas(160, 90, [110, 110, 110]).addNoise(5, 3);
    const pass = async (): Promise<void> => {
      // Down the picture: a place of the ground half a metre further each time, growing.
      for (let step = 0; step <= 8; step++) {
        await show([detection('car', 0.35, 0.1 + step * 0.06, 0.25, 0.2 + step * 0.01)], [], picture());
      }
      await showNothing(12);
    };
    pipeline.addCamera(camera());
    await pass();
    await vi.waitFor(() => expect(sink.events).toHaveLength(1));
    expect(sink.events[0]).toMatchObject({ kind: 'vehicle.sighting', direction: 'approaching' });
    expect(sink.events[0]).not.toHaveProperty('speedKmh');
    expect(sink.events[0]).not.toHaveProperty('lengthMetres');

    // The picture is 10 m wide and 20 m high, seen from straight above: 0.07 of it in 250 ms are 5.6 m/s.
    const corner = (x: number, y: number): { x: number; y: number; acrossMetres: number; alongMetres: number } => ({
      x,
      y,
      acrossMetres: x * 10,
      alongMetres: y * 20,
    });
    const points = [corner(0.1, 0.1), corner(0.9, 0.1), corner(0.9, 0.9), corner(0.1, 0.9)];
    pipeline.addCamera(camera([{ kind: 'calibration', id: 'c', name: 'road', points }]));
    await pass();
    await vi.waitFor(() => expect(sink.events).toHaveLength(2));
    const speed = sink.events[1]?.kind === 'vehicle.sighting' ? sink.events[1].speedKmh : undefined;
    expect(speed).toBeGreaterThan(18);
    expect(speed).toBeLessThan(22.5);
  });

  it('is sighted without a speed when the stored calibration cannot be used', async () => {
    const points = [0.1, 0.3, 0.5, 0.9].map((x) => ({ x, y: 0.5, acrossMetres: x * 10, alongMetres: 0 }));
    pipeline.addCamera(camera([{ kind: 'calibration', id: 'c', name: 'a line', points }]));
    await driveBy();
    await showNothing(12);
    await vi.waitFor(() => expect(sink.events).toHaveLength(1));
    expect(sink.events[0]).not.toHaveProperty('speedKmh');
  });

  it('shows the colour of its paint, judged over its pictures', async () => {
    pipeline.addCamera(camera());
    for (let step = 0; step <= 8; step++) {
      const vehicle = detection('car', 0.1 + step * 0.06, 0.4, 0.25, 0.3);
      const canvas = new Canvas(320, 180, [110, 111, 112])
        .fill({ x: 0, y: 0, width: 1, height: 0.06 }, [20, 20, 20])
        .fill({ x: 0, y: 0.9, width: 1, height: 0.06 }, [235, 235, 235])
        .fill(vehicle.box, [34, 66, 142])
        .addNoise(5, step);
      await show([vehicle], [], canvas);
    }
    await showNothing(12);
    await vi.waitFor(() => expect(sink.events).toHaveLength(1));
    expect(sink.events[0]).toMatchObject({ vehicleColour: { name: 'blue' } });
  });

  it('is told to the overlay with its track in every picture', async () => {
    pipeline.addCamera(camera());
    await driveBy();
    expect(overlays).toHaveLength(9);
    expect(new Set(overlays.map(({ detections }) => detections[0]?.trackId)).size).toBe(1);
  });

  it('is sighted although the camera falls silent', async () => {
    pipeline.addCamera(camera());
    await driveBy();
    clock.advance(10_000);
    await vi.waitFor(() => expect(sink.events).toHaveLength(1));
  });

  it('is sighted when the camera is removed or the pipeline closed', async () => {
    pipeline.addCamera(camera());
    await driveBy();
    await pipeline.close();
    expect(sink.events).toHaveLength(1);
  });

  it('is one sighting although its track broke', async () => {
    pipeline.addCamera(camera());
    await driveBy(() => reading('京A12345', 0.9));
    await showNothing(12);
    await driveBy(() => reading('京A12345', 0.9));
    await showNothing(12);
    await pipeline.close();
    expect(sink.events).toHaveLength(1);
  });

  it('raises the crossing of a line at the time of the picture', async () => {
    const line: CameraRule = { kind: 'line', id: 'l1', name: 'gate', from: { x: 0.5, y: 1 }, to: { x: 0.5, y: 0 } };
    pipeline.addCamera(camera([line]));
    await driveBy();
    await vi.waitFor(() => expect(sink.events).toHaveLength(1));
    expect(sink.events[0]).toMatchObject({ kind: 'vehicle.crossing', ruleId: 'l1', direction: 'forward' });
    expect(sink.events[0]?.timeMs).toBeLessThan(clock.nowMs());
  });
});

describe('a vehicle that stands', () => {
  const standing = detection('truck', 0.3, 0.3, 0.35, 0.3);

  it('is sighted once, after twenty seconds', async () => {
    pipeline.addCamera(camera());
    for (let index = 0; index < 79; index++) await show([standing]);
    expect(sink.events).toHaveLength(0);
    for (let index = 0; index < 60; index++) await show([standing]);
    await pipeline.close();
    expect(sink.events).toMatchObject([{ kind: 'vehicle.sighting', vehicleType: 'truck' }]);
  });

  it('is not sighted again when it was hidden for a while', async () => {
    pipeline.addCamera(camera());
    for (let index = 0; index < 20; index++) await show([standing]);
    await showNothing(20);
    for (let index = 0; index < 20; index++) await show([standing]);
    await pipeline.close();
    expect(sink.events).toHaveLength(1);
  });

  it('is no longer asked for its plate once that is known well', async () => {
    pipeline.addCamera(camera());
    for (let index = 0; index < 6; index++) await show([standing], [reading('京A12345', 0.95)]);
    expect(pool.jobs[0]?.plates?.skip).toEqual([]);
    expect(pool.jobs.at(-1)?.plates?.skip).toHaveLength(1);
  });
});

it('opens and closes a kitchen violation, each with a picture', async () => {
  const zone = rectangleZone({ x: 0.5, y: 0.4, width: 0.3, height: 0.4 });
  const rule: CameraRule = { kind: 'hygiene', id: 'h', name: 'stove', item: 'flame_unattended', zone, graceMs: 2000 };
  pipeline.addCamera(camera([rule], 'kitchen'));
  for (let index = 0; index < 90; index++) {
    const canvas = new Canvas(160, 90, [120, 120, 125]).addNoise(4, index);
    const lean = 0.03 * Math.sin(index * 2.3);
    if (index < 30) canvas.fill({ x: 0.6 + lean, y: 0.55, width: 0.08, height: 0.15 }, [240, 140, 30]);
    await show([], [], canvas);
  }
  await pipeline.close();
  expect(sink.events).toMatchObject([
    { kind: 'kitchen.violation', phase: 'opened', item: 'flame_unattended' },
    { kind: 'kitchen.violation', phase: 'closed' },
  ]);
  expect(sink.stored.map(({ pictures }) => pictures.length)).toEqual([1, 1]);
  expect(pool.jobs[0]?.plates).toBeUndefined();
});

describe('a kitchen that was watched before', () => {
  const zone = rectangleZone({ x: 0.5, y: 0.4, width: 0.3, height: 0.4 });
  const rule: CameraRule = { kind: 'hygiene', id: 'h', name: 'stove', item: 'flame_unattended', zone, graceMs: 2000 };
  const burning = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const lean = 0.03 * Math.sin(index * 2.3);
      const canvas = new Canvas(160, 90, [120, 120, 125]).addNoise(4, index);
      await show([], [], canvas.fill({ x: 0.6 + lean, y: 0.55, width: 0.08, height: 0.15 }, [240, 140, 30]));
    }
  };

  it('does not raise again what storage knows to be open', async () => {
    openNow = [
      {
        violationId: 'v',
        item: 'flame_unattended',
        ruleId: 'h',
        sinceMs: START_MS - 60_000,
        box: { x: 0.5, y: 0.4, width: 0.3, height: 0.4 },
      },
    ];
    pipeline.addCamera(camera([rule], 'kitchen'));
    await burning(30);
    await pipeline.close();
    expect(sink.events).toEqual([]);
  });

  it('goes on under the same violation when its rules are edited', async () => {
    pipeline.addCamera(camera([rule], 'kitchen'));
    await burning(30);
    pipeline.addCamera(camera([{ ...rule, name: 'wok' }], 'kitchen'));
    await burning(30);
    await pipeline.close();
    expect(sink.events).toMatchObject([{ kind: 'kitchen.violation', phase: 'opened' }]);
  });

  it('compares with the reference picture of the blob store', async () => {
    const floor = (index: number): Canvas =>
      new Canvas(160, 90, [120, 120, 125])
        .fill({ x: 0.5, y: 0, width: 0.02, height: 1 }, [80, 80, 84])
        .addNoise(3, index);
    const raw = { width: 160, height: 90, channels: 3 } as const;
    stored.set(
      'kitchens/reference.jpg',
      await sharp(new Uint8Array(floor(1).pixels), { raw })
        .jpeg()
        .toBuffer(),
    );
    const reference = { pictureKey: 'kitchens/reference.jpg', takenAtMs: START_MS };
    const watched = {
      ...camera([{ ...rule, item: 'camera_obstructed', zone: [] }], 'kitchen'),
      kitchen: { reference },
    };
    pipeline.addCamera(watched);
    await vi.waitFor(async () => {
      await show([], [], floor(2));
      expect(overlays.at(-1)?.hygiene).toMatchObject([{ item: 'camera_obstructed', state: 'fine' }]);
    });
  });
});

describe('frames', () => {
  it('are given back when dropped, failed, of an unknown camera, or late', async () => {
    pipeline.addCamera(camera());
    pool.mode = 'drop';
    await show([]);
    pool.mode = 'fail';
    await show([]);
    pipeline.removeCamera(ID);
    await show([]);
    await pipeline.close();
    await show([]);
    expect(lent).toBe(0);
  });

  it('are counted', async () => {
    pipeline.addCamera(camera());
    await show([]);
    await show([]);
    pool.mode = 'drop';
    await show([]);
    pool.mode = 'fail';
    await show([]);
    expect(pipeline.stats).toMatchObject([
      { cameraId: ID, framesIn: 4, framesAnalysed: 2, framesDropped: 1, framesFailed: 1, framesPerSecond: 4 },
    ]);
  });
});

it('keeps an event that the sink refuses and offers it again', async () => {
  pipeline.addCamera(camera());
  sink.refuses = true;
  await driveBy();
  await showNothing(12);
  await vi.waitFor(() => expect(pipeline.stats[0]?.events).toBe(1));
  expect(sink.events).toHaveLength(0);
  sink.refuses = false;
  clock.advance(1500);
  await vi.waitFor(() => expect(sink.events).toHaveLength(1));
  expect(pipeline.eventsLost).toBe(0);
});

describe('a camera at key-frame rate', () => {
  const keyFrames = (): Camera => ({ ...camera(), analysis: { mode: 'keyframes' } });
  const parked = detection('car', 0.3, 0.4, 0.3, 0.3);
  const street = (seed: number): Canvas =>
    new Canvas(320, 180, [90, 90, 90]).fill(parked.box, [30, 30, 40]).addNoise(5, seed);

  it('is not analysed again while nothing changes, and keeps the tracks of what stands', async () => {
    pipeline.addCamera(keyFrames());
    for (let index = 0; index < 6; index++) {
      clock.advance(1750);
      await show([parked], [], street(index));
    }
    // The first picture, and the second that shows that the car stands.
    expect(pool.jobs).toHaveLength(2);
    expect(pipeline.stats[0]).toMatchObject({ framesIn: 6, framesAnalysed: 6, framesUnchanged: 4 });
    const ids = new Set(overlays.map(({ detections }) => detections[0]?.trackId));
    expect([ids.size, overlays.length]).toEqual([1, 6]);
  });

  it('is analysed as soon as something changes', async () => {
    pipeline.addCamera(keyFrames());
    for (let index = 0; index < 3; index++) await show([parked], [], street(index));
    const comes = street(9).fill({ x: 0.8, y: 0.6, width: 0.1, height: 0.1 }, [200, 200, 200]);
    await show([parked, detection('car', 0.8, 0.6, 0.1, 0.1)], [], comes);
    expect(pool.jobs).toHaveLength(3);
    expect(overlays.at(-1)?.detections).toHaveLength(2);
  });

  it('is analysed picture by picture when the settings say so', async () => {
    await pipeline.close();
    const bus = new MemoryBus<AnalyzerTopics>(() => undefined);
    const config = { trackEndMs: 2500, detectionThreshold: 0.3, skipUnchanged: false, blurHeads: true };
    pipeline = new AnalysisPipeline({ pool, sink, openViolations, blobs, bus, clock, log: silentLog, config });
    pipeline.addCamera(keyFrames());
    for (let index = 0; index < 4; index++) await show([parked], [], street(index));
    expect(pool.jobs).toHaveLength(4);
  });
});

it('tells the analyzer threads which regions of a camera count, and where to look twice', async () => {
  const zone = rectangleZone({ x: 0, y: 0.5, width: 1, height: 0.5 });
  const rules: CameraRule[] = [{ kind: 'region', id: 'r', name: 'road', use: 'interest', zone }];
  pipeline.addCamera({ ...camera(rules), analysis: { mode: 'fps', fps: 4, secondLook: 'upper' } });
  await show([]);
  expect(pool.jobs[0]).toMatchObject({ regions: { interest: [zone], ignore: [] }, secondLook: 'upper' });
});

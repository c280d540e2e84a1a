import { describe, expect, it } from 'vitest';
import type { KitchenViolation } from '../analysis-event.ts';
import type { Box, HygieneObservation } from '../detection.ts';
import { decodePicture } from '../imaging/scale.ts';
import { Canvas } from '../testing/pictures.ts';
import { HeldPictures } from './held-pictures.ts';
import { ViolationEvidence } from './violation-evidence.ts';

const SIZE_BYTES = 160 * 90 * 3;
const fail = (error: unknown): never => {
  throw error;
};

function observation(score: number, state: HygieneObservation['state'] = 'violation'): HygieneObservation {
  return { item: 'bin_open', ruleId: 'bin', state, score, box: { x: score / 10, y: 0.5, width: 0.1, height: 0.1 } };
}

function opened(timeMs: number, sinceMs: number, phase: KitchenViolation['phase'] = 'opened'): KitchenViolation {
  const base = {
    eventId: 'e',
    schemaVersion: 1,
    cameraId: 'c',
    violationId: 'v',
    item: 'bin_open',
    ruleId: 'bin',
  } as const;
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const clip = { pictureTimeMs: timeMs, clipFromMs: timeMs - 10_000, clipToMs: timeMs + 10_000 };
  return { ...base, kind: 'kitchen.violation', phase, timeMs, sinceMs, score: 0.9, box, pictureKey: 'k', ...clip };
}

/** A picture whose brightness tells its time. */
const picture = (second: number): Canvas => new Canvas(160, 90, [second * 10, second * 10, second * 10]);

function watched(scores: readonly number[], isBlurred = false, persons: (second: number) => Box[] = () => []) {
  const pictures = new HeldPictures({ maxSizeBytes: 20 * SIZE_BYTES });
  const evidence = new ViolationEvidence({ pictures, isBlurred, onError: fail });
  for (const [second, score] of scores.entries()) {
    const shown = {
      picture: picture(second),
      persons: persons(second),
      observations: [observation(score)],
      timeMs: second * 1000,
    };
    evidence.offer(shown, new Set());
  }
  return { evidence, pictures };
}

async function levelOf(jpeg: Uint8Array | undefined): Promise<number> {
  return ((await decodePicture(jpeg ?? new Uint8Array())).pixels[0] ?? 0) / 10;
}

describe('ViolationEvidence', () => {
  it('gives the best picture of the opening window, not the last, and its box and clip', async () => {
    const { evidence, pictures } = watched([0.5, 0.6, 0.9, 0.4, 0.5, 0.5]);
    const { event, picture: proof } = evidence.prove(opened(5000, 0));
    expect(event).toMatchObject({ pictureTimeMs: 2000, box: { x: 0.09 }, clipFromMs: -8000, clipToMs: 12_000 });
    expect(Math.round(await levelOf(await proof?.jpeg()))).toBe(2);
    expect(pictures.sizeBytes).toBe(0);
  });

  it('takes no picture from before it began', () => {
    const { evidence } = watched([0.9, 0.3, 0.3, 0.3, 0.3, 0.3, 0.5]);
    expect(evidence.prove(opened(6000, 3000)).event.pictureTimeMs).toBe(6000);
  });

  it('shows the end of a violation by the last picture', async () => {
    const { evidence } = watched([0.5, 0.9, 0.5]);
    const { picture: proof } = evidence.prove(opened(2000, 0, 'closed'));
    expect(Math.round(await levelOf(await proof?.jpeg()))).toBe(2);
  });

  it('holds few pictures, however long a state flickers, and none of a violation that is open', () => {
    const { evidence, pictures } = watched(Array.from({ length: 20 }, (_, index) => 0.9 - index * 0.03));
    expect(pictures.sizeBytes).toBeLessThanOrEqual(4 * SIZE_BYTES);
    evidence.offer(
      { picture: picture(21), persons: [], observations: [observation(0.9)], timeMs: 21_000 },
      new Set(['bin']),
    );
    expect(pictures.sizeBytes).toBe(0);
  });

  it('lets go of all when the camera is taken away', () => {
    const { evidence, pictures } = watched([0.5, 0.6]);
    evidence.close();
    expect(pictures.sizeBytes).toBe(0);
  });

  it('blurs heads, also of somebody whom the detector missed in this one picture', async () => {
    const person = { x: 0.3, y: 0.1, width: 0.3, height: 0.8 };
    const pictures = new HeldPictures({ maxSizeBytes: 20 * SIZE_BYTES });
    const evidence = new ViolationEvidence({ pictures, isBlurred: true, onError: fail });
    const striped = new Canvas(160, 90, [40, 40, 40]);
    for (let x = 0; x < 1; x += 0.05) striped.fill({ x, y: 0, width: 0.025, height: 1 }, [220, 220, 220]);
    const look = (persons: Box[], timeMs: number): void =>
      evidence.offer({ picture: striped, persons, observations: [observation(0.5)], timeMs }, new Set());
    look([person], 0);
    look([], 1000);
    const { picture: proof } = evidence.prove(opened(1000, 0, 'closed'));
    const { pixels, widthPx } = await decodePicture((await proof?.jpeg()) ?? new Uint8Array());
    const span = (y: number): number => {
      const row = Array.from({ length: 40 }, (_, index) => pixels[(y * widthPx + 52 + index) * 3] ?? 0);
      return Math.max(...row) - Math.min(...row);
    };
    expect(span(15)).toBeLessThan(60);
    expect(span(70)).toBeGreaterThan(140);
  });
});

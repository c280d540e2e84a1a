import { expect, test } from 'vitest';
import { StreamHub } from '#ingest/hub/stream-hub.ts';
import type { AccessUnit, VideoCodec } from '#ingest/media.ts';
import { hubToShow } from './live-source.ts';

function hubOf(codec: VideoCodec | undefined): StreamHub {
  const hub = new StreamHub();
  const none = new Uint8Array(0);
  const format = codec && { codec, widthPx: 16, heightPx: 16, sps: none, pps: none, codecString: codec };
  const unit: Omit<AccessUnit, 'format'> = {
    pts90k: 0,
    wallMs: 0,
    arrivedMs: 0,
    isKeyFrame: true,
    nalUnits: [],
    sizeBytes: 0,
    damaged: false,
  };
  if (format) hub.publish({ ...unit, format });
  return hub;
}

test('shows the sub-stream where that alone is H.264, and the main stream in all other cases', () => {
  for (const [main, sub, shown] of [
    ['h265', 'h264', 'sub'],
    ['h265', 'h265', 'main'],
    ['h264', 'h264', 'main'],
    ['h265', undefined, 'main'],
    [undefined, 'h264', 'main'],
  ] as const) {
    const hubs = { main: hubOf(main), sub: hubOf(sub) };
    expect(hubToShow(hubs.main, hubs.sub)).toBe(hubs[shown]);
  }
  const main = hubOf('h265');
  expect(hubToShow(main, undefined)).toBe(main);
  expect(hubToShow(undefined, undefined)).toBeUndefined();
});

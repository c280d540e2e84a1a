import { expect, test } from 'vitest';
import { streamToShow } from './live-source.ts';

test('shows the sub-stream where that alone is H.264, and the main stream in all other cases', () => {
  const h264 = 'avc1.4d401f';
  const h265 = 'hvc1.1.6.L93.B0';
  for (const [main, sub, shown] of [
    [h265, h264, 'sub'],
    [h265, h265, 'main'],
    [h264, h264, 'main'],
    [h265, undefined, 'main'],
    [undefined, h264, 'main'],
    [undefined, undefined, 'main'],
  ] as const) {
    expect([main, sub, streamToShow(main, sub)]).toEqual([main, sub, shown]);
  }
});

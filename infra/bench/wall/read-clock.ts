import type { Page } from 'playwright-core';
import { CLOCK_BITS, CLOCK_CELLS, CLOCK_HEIGHT } from './clock-clip.ts';

export interface ShownClock {
  readonly cameraId: string;
  /** Number of the picture on screen; undefined when the bar code cannot be read. */
  readonly picture: number | undefined;
  /** When it was read, UTC epoch milliseconds. */
  readonly atMs: number;
}

/** Put on the page by {@link installClockReader}. */
export interface ClockReader {
  /** @returns the number of the picture that the video shows; undefined when the bar code cannot be read */
  readonly readVideoClock: (video: HTMLVideoElement) => number | undefined;
}

/** Lets the page itself read the bar code of {@link CLOCK_BITS}. */
export async function installClockReader(page: Page): Promise<void> {
  await page.evaluate(
    ({ bits, cells, height }) => {
      const canvas = document.createElement('canvas');
      canvas.width = cells * 4;
      canvas.height = 1;
      const context = canvas.getContext('2d', { willReadFrequently: true });
      const readVideoClock = (video: HTMLVideoElement): number | undefined => {
        if (video.videoWidth === 0 || !context) return undefined;
        const y = (video.videoHeight * height) / 2;
        context.drawImage(video, 0, y, video.videoWidth, 1, 0, 0, canvas.width, 1);
        const { data } = context.getImageData(0, 0, canvas.width, 1);
        const isWhite = (cell: number) => (data[(cell * 4 + 2) * 4] ?? 0) > 128;
        let value = 0;
        for (let bit = 0; bit < bits; bit++) {
          if (isWhite(bit) === isWhite(bit + bits)) return undefined;
          if (isWhite(bit)) value += 2 ** bit;
        }
        return value;
      };
      Object.assign(window, { readVideoClock });
    },
    { bits: CLOCK_BITS, cells: CLOCK_CELLS, height: CLOCK_HEIGHT },
  );
}

/** Reads the bar code from every video on the page, as it is on screen. */
export async function readClocks(page: Page): Promise<readonly ShownClock[]> {
  await installClockReader(page);
  return await page.evaluate(() => {
    const { readVideoClock } = window as unknown as ClockReader;
    return [...document.querySelectorAll<HTMLElement>('[data-testid=tile][data-camera]')].map((tile) => {
      const video = tile.querySelector('video');
      const picture = video ? readVideoClock(video) : undefined;
      return { cameraId: tile.dataset['camera'] ?? '', picture, atMs: Date.now() };
    });
  });
}

import type { Page } from 'playwright-core';
import { CLOCK_BITS, CLOCK_CELLS, CLOCK_HEIGHT } from './clock-clip.ts';

export interface ShownClock {
  readonly cameraId: string;
  /** Number of the picture on screen; undefined when the bar code cannot be read. */
  readonly picture: number | undefined;
  /** When it was read, UTC epoch milliseconds. */
  readonly atMs: number;
}

/** Reads the bar code of {@link CLOCK_BITS} from every video on the page, as it is on screen. */
export async function readClocks(page: Page): Promise<readonly ShownClock[]> {
  return await page.evaluate(
    ({ bits, cells, height }) => {
      const canvas = document.createElement('canvas');
      canvas.width = cells * 4;
      canvas.height = 1;
      const context = canvas.getContext('2d', { willReadFrequently: true });
      return [...document.querySelectorAll<HTMLElement>('[data-testid=tile][data-camera]')].map((tile) => {
        const video = tile.querySelector('video');
        let picture: number | undefined;
        if (video && video.videoWidth > 0 && context) {
          const y = (video.videoHeight * height) / 2;
          context.drawImage(video, 0, y, video.videoWidth, 1, 0, 0, canvas.width, 1);
          const { data } = context.getImageData(0, 0, canvas.width, 1);
          const isWhite = (cell: number) => (data[(cell * 4 + 2) * 4] ?? 0) > 128;
          let value = 0;
          let isWhole = true;
          for (let bit = 0; bit < bits; bit++) {
            if (isWhite(bit)) value += 2 ** bit;
            isWhole &&= isWhite(bit) !== isWhite(bit + bits);
          }
          if (isWhole) picture = value;
        }
        return { cameraId: tile.dataset['camera'] ?? '', picture, atMs: Date.now() };
      });
    },
    { bits: CLOCK_BITS, cells: CLOCK_CELLS, height: CLOCK_HEIGHT },
  );
}

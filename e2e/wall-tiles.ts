import type { Page } from 'playwright-core';
import { expect } from 'vitest';

export interface SeenTile {
  readonly camera: string;
  readonly frames: number;
  readonly way: string;
  readonly state: string;
  readonly widthPx: number;
}

export async function seenTiles(page: Page): Promise<readonly SeenTile[]> {
  return await page.$$eval('[data-testid=tile][data-camera]', (elements) =>
    elements.map((element) => ({
      camera: element.getAttribute('data-camera') ?? '',
      frames: Number(element.getAttribute('data-frames') ?? 0),
      way: element.getAttribute('data-way') ?? '',
      state: element.getAttribute('data-state') ?? '',
      widthPx: element.querySelector('video')?.videoWidth ?? 0,
    })),
  );
}

/** Waits until so many tiles, and no others, are live by this way, and that pictures really come. */
export async function expectLive(page: Page, way: 'webrtc' | 'fmp4', tiles: number, timeoutMs = 30_000): Promise<void> {
  const summary = async () => (await seenTiles(page)).map((tile) => `${tile.way} ${tile.state}`);
  const wanted = Array.from({ length: tiles }, () => `${way} live`);
  await expect.poll(summary, { timeout: timeoutMs, interval: 100 }).toEqual(wanted);
  const before = await seenTiles(page);
  await expect
    .poll(async () => (await seenTiles(page)).every(({ frames }, at) => frames >= (before[at]?.frames ?? 0) + 5), {
      timeout: 10_000,
      interval: 100,
    })
    .toBe(true);
}

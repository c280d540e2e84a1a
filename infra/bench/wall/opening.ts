import type { Page } from 'playwright-core';

/** Of one tile, from the click that opened the wall. */
export interface Opened {
  /** Any picture: the still, or the first live one where that was quicker. */
  readonly pictureMs: number;
  readonly liveMs: number;
}

interface Seen {
  pictureMs?: number;
  liveMs?: number;
  isWatched?: boolean;
}

const LIVE_WITHIN_MS = 30_000;

/**
 * Opens the wall from another page of the same document by a click, as a person does, and watches its tiles from within.
 *
 * @returns of each tile; those without a live picture in half a minute are left out
 */
export async function openWall(page: Page, tiles: number): Promise<readonly Opened[]> {
  await page.evaluate((wanted) => {
    const seen = { clickedMs: 0, tiles: new Map<Element, Seen>() };
    Object.assign(window, { seenTiles: seen });
    const onClick = () => {
      seen.clickedMs = performance.now();
    };
    document.addEventListener('click', onClick, { capture: true, once: true });
    const look = () => {
      for (const tile of document.querySelectorAll('[data-testid=tile][data-camera]')) {
        const times = seen.tiles.get(tile) ?? {};
        seen.tiles.set(tile, times);
        // A tile may stand there before its video does.
        const video = times.isWatched ? undefined : tile.querySelector('video');
        if (video) {
          times.isWatched = true;
          video.requestVideoFrameCallback(() => {
            times.liveMs = performance.now() - seen.clickedMs;
            times.pictureMs ??= times.liveMs;
          });
        }
        const image = tile.querySelector('img');
        if (image?.complete && image.naturalWidth > 0) times.pictureMs ??= performance.now() - seen.clickedMs;
      }
      const live = [...seen.tiles.values()].filter(({ liveMs }) => liveMs !== undefined).length;
      if (live < wanted) requestAnimationFrame(look);
    };
    look();
  }, tiles);
  await page.getByTestId('nav-wall').click();
  await page
    .waitForFunction(
      (wanted) => {
        const { seenTiles } = window as unknown as { seenTiles: { tiles: Map<Element, { liveMs?: number }> } };
        return [...seenTiles.tiles.values()].filter(({ liveMs }) => liveMs !== undefined).length >= wanted;
      },
      tiles,
      { timeout: LIVE_WITHIN_MS },
    )
    .catch(() => undefined);
  return await page.evaluate(() => {
    const { seenTiles } = window as unknown as {
      seenTiles: { tiles: Map<Element, { pictureMs?: number; liveMs?: number }> };
    };
    return [...seenTiles.tiles.values()].flatMap(({ pictureMs, liveMs }) =>
      pictureMs === undefined || liveMs === undefined ? [] : [{ pictureMs, liveMs }],
    );
  });
}

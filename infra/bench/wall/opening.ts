import type { Page } from 'playwright-core';
import { type ClockReader, installClockReader } from './read-clock.ts';

/** Of one tile, from the click that opened the wall. */
export interface Opened {
  /** Any picture: the still, or the first live one where that was quicker. */
  readonly pictureMs: number;
  /** The browser began another frame after the one with that picture: it is drawn. */
  readonly drawnMs: number;
  /** The tile says that it is live, and the clock in its picture says so too. */
  readonly liveMs: number;
  /** It said so while its picture was an old one. */
  readonly isEarly: boolean;
}

/** What the clock in a camera's picture ought to show. */
export interface CameraClocks {
  readonly framesPerSecond: number;
  readonly clipMs: number;
  /** When the camera's film began, UTC epoch milliseconds, by its id. */
  readonly beganMs: Readonly<Record<string, number>>;
}

interface Seen {
  pictureMs?: number;
  drawnMs?: number;
  /** The clock in the picture is right. */
  freshMs?: number;
  /** The tile counts its pictures as live. */
  saidMs?: number;
  /** It did not at the first look after that. */
  isEarly?: boolean;
  isWatched?: boolean;
}
interface SeenTiles {
  readonly seenTiles: { clickedMs: number; readonly tiles: Map<Element, Seen> };
}

const LIVE_WITHIN_MS = 30_000;
/** A picture of which the clock is further behind is one of the past. */
const FRESH_MS = 700;

/**
 * Opens the wall from another page of the same document by a click, as a person does, and watches its tiles from within.
 *
 * @returns of each tile; those without a live picture in half a minute are left out
 */
export async function openWall(page: Page, tiles: number, clocks: CameraClocks): Promise<readonly Opened[]> {
  await installClockReader(page);
  await page.evaluate(
    ({ wanted, freshMs, framesPerSecond, clipMs, beganMs }) => {
      const { readVideoClock } = window as unknown as ClockReader;
      const seen: SeenTiles['seenTiles'] = { clickedMs: 0, tiles: new Map<Element, Seen>() };
      Object.assign(window, { seenTiles: seen });
      const onClick = () => {
        seen.clickedMs = performance.now();
      };
      document.addEventListener('click', onClick, { capture: true, once: true });
      const sinceClick = () => performance.now() - seen.clickedMs;
      const watch = (video: HTMLVideoElement, times: Seen, cameraBeganMs: number) => {
        const onFrame = () => {
          times.pictureMs ??= sinceClick();
          // To read the clock of every picture would keep the page from opening.
          const picture = times.saidMs === undefined ? undefined : readVideoClock(video);
          const dueMs = Date.now() - cameraBeganMs;
          const behindMs = (((dueMs - ((picture ?? 0) * 1000) / framesPerSecond) % clipMs) + clipMs) % clipMs;
          const isFresh = behindMs < freshMs;
          if (picture !== undefined) times.isEarly ??= !isFresh;
          if (picture !== undefined && isFresh) times.freshMs = sinceClick();
          else video.requestVideoFrameCallback(onFrame);
        };
        video.requestVideoFrameCallback(onFrame);
      };
      const look = () => {
        for (const tile of document.querySelectorAll<HTMLElement>('[data-testid=tile][data-camera]')) {
          const times = seen.tiles.get(tile) ?? {};
          seen.tiles.set(tile, times);
          // A tile may stand there before its video does.
          const video = times.isWatched ? undefined : tile.querySelector('video');
          if (video) {
            times.isWatched = true;
            watch(video, times, beganMs[tile.dataset['camera'] ?? ''] ?? 0);
          }
          if (Number(tile.dataset['frames']) > 0) times.saidMs ??= sinceClick();
          if (times.pictureMs !== undefined) times.drawnMs ??= sinceClick();
          // A still stands on the page only when it is decoded; this frame draws it.
          if (tile.querySelector('[data-testid=still] canvas')) times.pictureMs ??= sinceClick();
        }
        const all = [...seen.tiles.values()];
        const live = all.filter(({ freshMs }) => freshMs !== undefined).length;
        if (live < wanted) requestAnimationFrame(look);
      };
      look();
    },
    { wanted: tiles, freshMs: FRESH_MS, ...clocks },
  );
  await page.getByTestId('nav-wall').click();
  await page
    .waitForFunction(
      (wanted) => {
        const all = [...(window as unknown as SeenTiles).seenTiles.tiles.values()];
        return all.filter(({ freshMs }) => freshMs !== undefined).length >= wanted;
      },
      tiles,
      { timeout: LIVE_WITHIN_MS },
    )
    .catch(() => undefined);
  return await page.evaluate(() =>
    [...(window as unknown as SeenTiles).seenTiles.tiles.values()].flatMap(
      ({ pictureMs, drawnMs, freshMs, isEarly }) =>
        pictureMs === undefined || drawnMs === undefined || freshMs === undefined
          ? []
          : [{ pictureMs, drawnMs, liveMs: freshMs, isEarly: isEarly === true }],
    ),
  );
}

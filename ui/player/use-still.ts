import { useEffect, useLayoutEffect, useState } from 'react';
import { request } from '../shared/api-client.ts';
import { afterLooks, beginLook } from './first-looks.ts';
import { askKeyFrame } from './first-pictures.ts';
import { decodeKeyFrame, draw } from './key-frame-decoder.ts';
import { together } from './together.ts';

export interface Still {
  readonly canvas: HTMLCanvasElement;
  /** When the picture was taken, epoch ms. */
  readonly timeMs: number | undefined;
  /** Who decoded it: this page, or the server. */
  readonly source: 'key-frame' | 'jpeg';
}

/** A still that was asked for before its tile was there serves that tile only. */
const earlyForMs = 2_000;
const early = new Map<string, Promise<Still | undefined>>();

/**
 * Asks for the stills of a wall when the page begins to draw it, once: drawing its tiles takes longer than the answer, and the
 * pictures are decoded beside it.
 */
export function useEarlyStills(camerasOf: () => readonly (string | undefined)[]): void {
  useState(() => {
    for (const cameraId of camerasOf()) if (cameraId !== undefined) beginStill(cameraId);
  });
}

function beginStill(cameraId: string): void {
  if (early.has(cameraId)) return;
  const still = together(loadStill(cameraId, AbortSignal.timeout(10 * earlyForMs)));
  // Told to the tile that takes it.
  still.catch(() => undefined);
  early.set(cameraId, still);
  setTimeout(() => {
    if (early.get(cameraId) === still) early.delete(cameraId);
  }, earlyForMs);
}

function takeEarly(cameraId: string): Promise<Still | undefined> | undefined {
  const still = early.get(cameraId);
  early.delete(cameraId);
  return still;
}

/**
 * The newest picture of the camera's small stream, so that a tile shows something at once; undefined while there is none.
 * `isSettled`: the stills of all tiles are on screen, or will not come soon. What costs time may begin then.
 */
export function useStill(cameraId: string, isWanted: boolean): { still: Still | undefined; isSettled: boolean } {
  const [still, setStill] = useState<Still>();
  const [isSettled, setSettled] = useState(false);
  // Before the browser draws the empty tiles, which takes longer than the answer.
  useLayoutEffect(() => {
    if (!isWanted) return;
    const abort = new AbortController();
    const end = beginLook();
    const load = async (): Promise<void> => {
      const found = await (takeEarly(cameraId) ?? together(loadStill(cameraId, abort.signal)));
      if (found && !abort.signal.aborted) setStill(found);
    };
    // No still (404) or no server: the tile says what it knows anyhow.
    load()
      .catch(() => undefined)
      .finally(() => afterDrawing(end));
    return () => {
      abort.abort();
      end();
      setStill(undefined);
    };
  }, [cameraId, isWanted]);
  useEffect(() => (isSettled ? undefined : afterLooks(() => setSettled(true))), [isSettled]);
  return { still, isSettled };
}

/** When the browser has drawn what the page was told so far; not while the page is hidden. */
function afterDrawing(run: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(run));
}

/** Decoded here, which spares the server's work and the wait for it; by the server where this browser cannot. */
async function loadStill(cameraId: string, signal: AbortSignal): Promise<Still | undefined> {
  const keyFrame = await askKeyFrame(cameraId);
  if (!keyFrame || signal.aborted) return undefined;
  const { codec, time } = keyFrame.head;
  const canvas = await decodeKeyFrame(codec, keyFrame.bytes);
  if (canvas) return { canvas, timeMs: timeOf(time), source: 'key-frame' };
  const response = await request(`/api/cameras/${cameraId}/still.jpg?stream=sub`, { signal });
  const picture = await createImageBitmap(await response.blob());
  const drawn = draw(picture, picture.width, picture.height);
  picture.close();
  return drawn && { canvas: drawn, timeMs: timeOf(response.headers.get('x-picture-time')), source: 'jpeg' };
}

function timeOf(text: string | null): number | undefined {
  const timeMs = Date.parse(text ?? '');
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

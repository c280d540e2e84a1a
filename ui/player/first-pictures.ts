import type { KeyFramesRequest } from '#api/contract/key-frames.ts';
// Apart from the schemas, which a page need not load.
import { KeyFrameUnpacker, MAX_KEY_FRAMES, type PackedKeyFrame } from '#api/contract/packed-key-frames.ts';
import { request } from '../shared/api-client.ts';

interface Wish {
  readonly cameraId: string;
  readonly resolve: (found: PackedKeyFrame | undefined) => void;
  readonly reject: (error: unknown) => void;
}

let wishes: Wish[] = [];

/**
 * The newest key frame of the camera's small stream. What all tiles of a page wish for at once is one request: a browser has
 * only a handful of connections to a server, and a wall has more tiles than that.
 *
 * @returns undefined where there is none
 * @throws {ApiProblem}
 */
export function askKeyFrame(cameraId: string): Promise<PackedKeyFrame | undefined> {
  return new Promise((resolve, reject) => {
    wishes.push({ cameraId, resolve, reject });
    if (wishes.length > 1) return;
    queueMicrotask(() => {
      const all = wishes;
      wishes = [];
      for (let at = 0; at < all.length; at += MAX_KEY_FRAMES) void fulfil(all.slice(at, at + MAX_KEY_FRAMES));
    });
  });
}

async function fulfil(asked: readonly Wish[]): Promise<void> {
  try {
    const cameras = [...new Set(asked.map(({ cameraId }) => cameraId))];
    const body: KeyFramesRequest = { cameras: cameras.map((cameraId) => ({ cameraId, stream: 'sub' })) };
    const response = await request('/api/live/key-frames', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await readAll(response, (found) => {
      for (const { cameraId, resolve } of asked) if (cameraId === found.head.cameraId) resolve(found);
    });
    for (const { resolve } of asked) resolve(undefined);
  } catch (error) {
    for (const { reject } of asked) reject(error);
  }
}

async function readAll(response: Response, onFound: (found: PackedKeyFrame) => void): Promise<void> {
  const reader = response.body?.getReader();
  const unpacker = new KeyFrameUnpacker();
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) return;
    for (const found of unpacker.push(chunk.value)) onFound(found);
  }
}

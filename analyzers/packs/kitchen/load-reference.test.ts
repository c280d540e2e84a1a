import sharp from 'sharp';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { declareErrors } from '#infra/runtime/app-error.ts';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { loadReference } from './load-reference.ts';

const errors = declareErrors({
  GONE: { kind: 'not_found', en: 'Gone.', zh: '无', remedyEn: 'None.', remedyZh: '无' },
});
const KEY = 'kitchens/cam-1/reference.jpg';
let clock: SimulatedClock;
let answers: (Buffer | Error)[];

beforeEach(() => {
  clock = new SimulatedClock(0);
});

function load(signal = new AbortController().signal) {
  const get = vi.fn(async () => {
    const answer = answers.shift();
    if (!(answer instanceof Buffer)) throw answer ?? new Error('nothing left to answer');
    return { body: answer, contentType: 'image/jpeg' };
  });
  return { get, picture: loadReference({ blobs: { get }, clock, log: silentLog, signal }, KEY) };
}

async function jpeg(): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 36, channels: 3, background: '#804020' } })
    .jpeg()
    .toBuffer();
}

describe('loadReference', () => {
  it('decodes the picture', async () => {
    answers = [await jpeg()];
    expect(await load().picture).toMatchObject({ widthPx: 64, heightPx: 36 });
  });

  it('tries again while the store is away', async () => {
    answers = [new Error('connection refused'), await jpeg()];
    const { get, picture } = load();
    await vi.waitFor(() => {
      clock.advance(60_000);
      expect(get).toHaveBeenCalledTimes(2);
    });
    expect((await picture)?.widthPx).toBe(64);
    expect(get).toHaveBeenCalledTimes(2);
  });

  it('gives up on a picture that the store does not have, and on one that is none', async () => {
    answers = [errors.GONE()];
    expect(await load().picture).toBeUndefined();
    answers = [Buffer.from('no picture')];
    expect(await load().picture).toBeUndefined();
  });

  it('ends when the camera is taken away', async () => {
    answers = [new Error('connection refused')];
    const abort = new AbortController();
    const { get, picture } = load(abort.signal);
    await vi.waitFor(() => expect(get).toHaveBeenCalled());
    abort.abort();
    expect(await picture).toBeUndefined();
  });
});

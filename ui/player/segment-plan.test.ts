import { expect, test } from 'vitest';
import { landingMs, pieceKey, piecesToForget, pieceToLoad, type Piece } from './segment-plan.ts';

const piece = (segmentId: string, startMs: number, endMs: number): Piece => ({
  segmentId,
  startMs,
  endMs,
  sizeBytes: 1000,
  codec: 'avc1.42e01f',
  url: `/${segmentId}`,
});
const pieces = [piece('a', 0, 10_000), piece('b', 10_000, 20_000), piece('c', 60_000, 70_000)];

test('begins at the asked time where there is a recording', () => {
  expect(landingMs(pieces, 12_345)).toBe(12_345);
});

test('begins behind a gap when asked for a time in it', () => {
  expect(landingMs(pieces, 30_000)).toBe(60_000);
});

test('shows the last seconds when asked for a time after everything, and nothing when there is nothing', () => {
  expect(landingMs(pieces, 99_000)).toBe(65_000);
  expect(landingMs([], 5)).toBeUndefined();
});

test('loads the piece under the time first, then those ahead, then nothing', () => {
  const loaded = new Set<string>();
  expect(pieceToLoad(pieces, loaded, 5_000, 20_000)?.segmentId).toBe('a');
  loaded.add(pieceKey(pieces[0]!));
  expect(pieceToLoad(pieces, loaded, 5_000, 20_000)?.segmentId).toBe('b');
  loaded.add(pieceKey(pieces[1]!));
  expect(pieceToLoad(pieces, loaded, 5_000, 20_000)).toBeUndefined();
});

test('loads a segment again when it has grown', () => {
  const loaded = new Set([pieceKey(pieces[0]!)]);
  const grown = { ...pieces[0]!, sizeBytes: 2000 };
  expect(pieceToLoad([grown], loaded, 5_000, 1_000)?.segmentId).toBe('a');
});

test('forgets what is far behind or far ahead', () => {
  const loaded = new Set(pieces.map(pieceKey));
  expect(piecesToForget(pieces, loaded, 5_000, 20_000)).toEqual([]);
  expect(piecesToForget(pieces, loaded, 90_000, 20_000).map((one) => one.segmentId)).toEqual(['a', 'b']);
  expect(piecesToForget(pieces, loaded, 5_000, 10_000).map((one) => one.segmentId)).toEqual(['c']);
});

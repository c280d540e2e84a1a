import { expect, test } from 'vitest';
import { type KeyFrameHead, KeyFrameUnpacker, packKeyFrame } from './packed-key-frames.ts';

const head = (cameraId: string): KeyFrameHead => ({
  cameraId,
  codec: 'avc1.42e01f',
  widthPx: 640,
  heightPx: 360,
  time: '2026-11-23T18:04:05.123Z',
});
const pictures = [
  { head: head('one'), nalUnits: [Uint8Array.of(0x67, 1, 2), Uint8Array.of(0x68, 3), new Uint8Array(5000).fill(0x65)] },
  { head: head('路口-2'), nalUnits: [Uint8Array.of(0x65)] },
];
const answer = Uint8Array.from(pictures.flatMap((one) => [...packKeyFrame(one.head, one.nalUnits)]));

test.each([1, 7, 333, 10_000])('pictures come out as they were put in, in pieces of %d bytes', (size) => {
  const unpacker = new KeyFrameUnpacker();
  const found = [];
  for (let at = 0; at < answer.length; at += size) found.push(...unpacker.push(answer.subarray(at, at + size)));
  expect(found.map((one) => one.head)).toEqual(pictures.map((one) => one.head));
  const [first, second] = found;
  expect([...(first?.bytes.subarray(0, 13) ?? [])]).toEqual([0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3]);
  expect(first?.bytes).toHaveLength(3 * 4 + 3 + 2 + 5000);
  expect([...(second?.bytes ?? [])]).toEqual([0, 0, 0, 1, 0x65]);
});

test('a picture stands on its own when the memory that it came in is used for something else', () => {
  const nal = Uint8Array.of(0x65, 7, 7);
  const packed = packKeyFrame(head('one'), [nal]);
  nal.fill(0);
  const chunk = Uint8Array.from(packed);
  const [found] = new KeyFrameUnpacker().push(chunk);
  chunk.fill(0);
  expect([...(found?.bytes ?? [])]).toEqual([0, 0, 0, 1, 0x65, 7, 7]);
});

test.each([
  ['a page of a proxy', new TextEncoder().encode('<!doctype html><title>Sign in</title>')],
  ['a head that is no JSON', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0, 0x7b, 0x7b)],
  ['a head without its camera', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0, 0x7b, 0x7d)],
])('is refused: %s', (_name, bytes) => {
  expect(() => new KeyFrameUnpacker().push(bytes)).toThrow(RangeError);
});

import { expect, test } from 'vitest';
import { parseByteRange } from './byte-range.ts';

test('reads first-last, open end and suffix', () => {
  expect(parseByteRange('bytes=0-99', 1000)).toEqual({ start: 0, end: 99 });
  expect(parseByteRange('bytes=900-', 1000)).toEqual({ start: 900, end: 999 });
  expect(parseByteRange('bytes=-100', 1000)).toEqual({ start: 900, end: 999 });
});

test('cuts to the file', () => {
  expect(parseByteRange('bytes=900-5000', 1000)).toEqual({ start: 900, end: 999 });
  expect(parseByteRange('bytes=-5000', 1000)).toEqual({ start: 0, end: 999 });
});

test('says when nothing of it lies in the file', () => {
  expect(parseByteRange('bytes=1000-', 1000)).toBe('unsatisfiable');
  expect(parseByteRange('bytes=-0', 1000)).toBe('unsatisfiable');
});

test('gives the whole file for what it does not understand', () => {
  for (const header of [undefined, 'bytes=', 'bytes=a-b', 'bytes=5-2', 'bytes=0-1,3-4', 'items=0-1']) {
    expect(parseByteRange(header, 1000)).toBe('whole');
  }
});

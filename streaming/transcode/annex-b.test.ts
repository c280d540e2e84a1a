import { expect, test } from 'vitest';
import { splitAnnexB } from './annex-b.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const split = (hex: string): string[] => splitAnnexB(bytes(hex)).map((unit) => Buffer.from(unit).toString('hex'));

test('splits at start codes of three and of four bytes', () => {
  expect(split('00000001670102000001680300000001650405')).toEqual(['670102', '6803', '650405']);
});

test('leaves out what stands before the first start code, and zero bytes at the end', () => {
  expect(split('ffff00000165010000')).toEqual(['6501']);
  expect(split('')).toEqual([]);
  expect(split('000001')).toEqual([]);
});

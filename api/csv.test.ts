import { describe, expect, test } from 'vitest';
import { attachment, csvLine } from './csv.ts';

describe('a line of a CSV file', () => {
  test('ends as RFC 4180 says; what is not known is empty', () => {
    expect(csvLine(['京A12345', 0.5, undefined, ''])).toBe('京A12345,0.5,,\r\n');
  });

  test.each([
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
    ['two\nlines', '"two\nlines"'],
    ['a;b', '"a;b"'],
    [' blank', '" blank"'],
  ])('quotes what would part cells: %j', (cell, written) => {
    expect(csvLine([cell])).toBe(`${written}\r\n`);
  });

  test.each(['=HYPERLINK("http://a")', '+1', '-1+2', '@SUM(A1)', '  =1', '\t=1', '\r=1', '＝1', '＠x', '|calc'])(
    'makes no formula of %j',
    (cell) => {
      expect(csvLine([cell])).toMatch(/^"'/);
    },
  );

  test('a number below zero stays a number, and none that a spreadsheet cannot read is written', () => {
    expect(csvLine([-12.25, Number.NaN, Number.POSITIVE_INFINITY])).toBe('-12.25,,\r\n');
  });
});

test('a file name keeps its characters, and has a plain one for programs that know no others', () => {
  expect(attachment('合公（刑）2026-118.csv')).toBe(
    `attachment; filename="vantage-2026-118.csv"; filename*=UTF-8''${encodeURIComponent('合公（刑）2026-118.csv')}`,
  );
  expect(attachment('a"b\r\n(c)\'.csv')).toBe(
    `attachment; filename="vantage-a-b-c-.csv"; filename*=UTF-8''a%22b%0D%0A%28c%29%27.csv`,
  );
});

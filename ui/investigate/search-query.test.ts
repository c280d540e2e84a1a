import { expect, test } from 'vitest';
import { parseSearch, rangeOf, searchBody, writeSearch } from './search-query.ts';
import { busyRange, quickRange } from './time-range.ts';

const now = new Date(2026, 10, 23, 18, 4, 5).getTime();

test('reads a question from the address and writes the same address', () => {
  const address = new URLSearchParams({
    plate: '皖A8?23',
    from: '2026-11-23T08:00:00.000Z',
    to: '2026-11-23T10:00:00.000Z',
    cameras: 'a,b',
    type: 'car',
    purpose: '案号 2026-1123',
  });
  const query = parseSearch(address, '');
  expect(query.cameraIds).toEqual(['a', 'b']);
  expect(Object.fromEntries(writeSearch(new URLSearchParams(), query))).toEqual(Object.fromEntries(address));
});

test('takes the purpose of the page session when the address has none', () => {
  expect(parseSearch(new URLSearchParams('plate=A'), '案号 7').purpose).toBe('案号 7');
});

test('does not believe nonsense in the address', () => {
  const query = parseSearch(new URLSearchParams('type=tank&from=x&to=y&cameras=../a,b&colour=pink'), '');
  expect(query).toMatchObject({ vehicleType: undefined, plateColour: undefined, range: '24h', cameraIds: ['b'] });
});

test('keeps what else the address holds', () => {
  const query = parseSearch(new URLSearchParams(), 'case 1');
  expect(writeSearch(new URLSearchParams('pass=s1'), query).get('pass')).toBe('s1');
});

test('sends nothing before there is a purpose', () => {
  expect(searchBody(parseSearch(new URLSearchParams('plate=A'), ' 案号 '), now)).toBeUndefined();
  expect(searchBody(parseSearch(new URLSearchParams('plate=A'), '案号 12'), now)).toMatchObject({
    plate: 'A',
    purpose: '案号 12',
  });
});

test('asks about the new last hour each time', () => {
  const query = parseSearch(new URLSearchParams('range=1h'), '');
  expect(rangeOf(query, now)).toEqual({ fromMs: now - 3_600_000, toMs: now });
});

test('takes yesterday as a whole day of the local clock', () => {
  const { fromMs, toMs } = quickRange('yesterday', now);
  expect(new Date(fromMs)).toEqual(new Date(2026, 10, 22));
  expect(new Date(toMs + 1)).toEqual(new Date(2026, 10, 23));
});

test('looks closer at the busy part of a long range, and leaves a busy range alone', () => {
  const range = { fromMs: 0, toMs: 100_000_000 };
  expect(busyRange(range, [50_000_000, 51_000_000])).toEqual({ fromMs: 49_940_000, toMs: 51_060_000 });
  expect(busyRange(range, [1_000_000, 99_000_000])).toBe(range);
  expect(busyRange(range, [])).toBe(range);
});

import { expect, test } from 'vitest';
import { formatTime } from '../../shared/format.ts';
import { commonText } from '../../shared/common-text.ts';
import { chipsOf, chipText, withoutChip } from './chips.ts';
import { parseQuery } from './parse-query.ts';
import { makePlaces } from './places.ts';
import { searchBody } from './search-body.ts';
import { applyTerms, emptyQuery, parseSearch, rangeOf, type SearchQuery, writeSearch } from './search-query.ts';
import { busyRange, rangeNow } from './time-range.ts';

const now = new Date(2026, 10, 23, 18, 4, 5).getTime();
const nobody = { purpose: '', caseId: undefined };
const withReason = { purpose: '案号 12', caseId: undefined };
const noPlaces = makePlaces([], undefined);
const someone = (count: number) =>
  makePlaces(
    Array.from(
      { length: count },
      (_, index) => ({ id: `c${index}`, name: `滨河路${index}`, area: '', number: '' }) as never,
    ),
    undefined,
  );
const addressOf = (query: SearchQuery): URLSearchParams =>
  new URLSearchParams(
    Object.entries(writeSearch(query)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

test('reads a question from the address and writes the same address', () => {
  const address = new URLSearchParams({
    plate: '皖A8?23',
    fuzzy: '1',
    from: '2026-11-23T08:00:00.000Z',
    to: '2026-11-23T10:00:00.000Z',
    hours: '18:00-24:00',
    places: '滨河路|人民路',
    cameras: 'a,b',
    area: '117.28,31.86,117.3,31.87',
    paint: 'white',
    type: 'van',
    direction: 'receding',
    colour: 'blue',
    unread: '什么',
    purpose: '案号 2026-1123',
    case: 'k1',
  });
  expect(Object.fromEntries(addressOf(parseSearch(address, nobody)))).toEqual(Object.fromEntries(address));
});

test('takes case and purpose of the page session when the address has neither', () => {
  const remembered = { purpose: '案号 7', caseId: 'k7' };
  expect(parseSearch(new URLSearchParams('plate=A'), remembered)).toMatchObject(remembered);
  expect(parseSearch(new URLSearchParams('purpose=other'), remembered)).toMatchObject({
    purpose: 'other',
    caseId: undefined,
  });
});

test('does not believe nonsense in the address', () => {
  const address =
    'type=tank&from=x&to=y&cameras=../a,b&colour=pink&area=1,2,0,9&hours=25:00-3&case=../x&range=9999d&paint=x';
  expect(parseSearch(new URLSearchParams(address), nobody)).toMatchObject({
    vehicleType: undefined,
    vehicleColour: undefined,
    plateColour: undefined,
    range: undefined,
    hours: undefined,
    area: undefined,
    caseId: undefined,
    cameraIds: ['b'],
  });
});

test('sends nothing before there is a purpose', () => {
  expect(searchBody(emptyQuery({ purpose: ' 案号 ', caseId: undefined }), noPlaces, now)).toEqual({
    kind: 'not',
    why: 'purpose',
  });
  expect(searchBody({ ...emptyQuery(withReason), plate: '皖A12345' }, noPlaces, now)).toMatchObject({
    body: { plate: '皖A12345', purpose: '案号 12' },
  });
});

test('a place without cameras is no search of all cameras, and a city is no place', () => {
  const query = { ...emptyQuery(withReason), places: ['滨河路'] };
  expect(searchBody(query, undefined, now)).toEqual({ kind: 'not', why: 'loading' });
  expect(searchBody(query, noPlaces, now)).toEqual({ kind: 'not', why: 'no_cameras' });
  expect(searchBody(query, someone(501), now)).toEqual({ kind: 'not', why: 'too_many_cameras' });
  expect(searchBody(query, someone(2), now)).toMatchObject({ body: { cameraIds: ['c0', 'c1'] } });
});

test('hours of one day make the range shorter, of several they are asked for as such', () => {
  const hours = { from: '18:00', to: '20:00' };
  const day = searchBody({ ...emptyQuery(withReason), range: 'yesterday', hours }, noPlaces, now);
  expect(day).toMatchObject({
    body: {
      from: new Date(2026, 10, 22, 18).toISOString(),
      to: new Date(new Date(2026, 10, 22, 20).getTime() - 1).toISOString(),
    },
  });
  expect(day).not.toHaveProperty('body.timeOfDay');
  expect(searchBody({ ...emptyQuery(withReason), range: '7d', hours }, noPlaces, now)).toMatchObject({
    body: { timeOfDay: hours },
  });
});

test('likely readings are asked for only where they can be counted', () => {
  const fuzzy = { ...emptyQuery(withReason), isFuzzy: true };
  expect(searchBody({ ...fuzzy, plate: '皖A12345' }, noPlaces, now)).toMatchObject({ body: { isFuzzy: true } });
  expect(searchBody({ ...fuzzy, plate: '皖A12?45' }, noPlaces, now)).not.toHaveProperty('body.isFuzzy');
  expect(chipsOf({ ...fuzzy, plate: '皖A1' }, noPlaces).map((chip) => chip.hint)).toEqual([
    undefined,
    'fuzzy_needs_plate',
  ]);
});

test('asks about the new last hour each time, and about 24 hours when nothing was said', () => {
  expect(rangeOf(parseSearch(new URLSearchParams('range=1h'), nobody), now)).toEqual({
    fromMs: now - 3_600_000,
    toMs: now,
  });
  expect(rangeOf(emptyQuery(nobody), now)).toEqual({ fromMs: now - 86_400_000, toMs: now });
});

test('takes yesterday as a whole day of the local clock', () => {
  const { fromMs, toMs } = rangeNow('yesterday', now);
  expect(new Date(fromMs)).toEqual(new Date(2026, 10, 22));
  expect(new Date(toMs + 1)).toEqual(new Date(2026, 10, 23));
});

test('looks closer at the busy part of a long range, and leaves a busy range alone', () => {
  const range = { fromMs: 0, toMs: 100_000_000 };
  expect(busyRange(range, [50_000_000, 51_000_000])).toEqual({ fromMs: 49_940_000, toMs: 51_060_000 });
  expect(busyRange(range, [1_000_000, 99_000_000])).toBe(range);
  expect(busyRange(range, [])).toBe(range);
});

const full: SearchQuery = {
  ...emptyQuery(withReason),
  plate: '皖A8?23',
  isFuzzy: true,
  range: 'yesterday',
  hours: { from: '18:00', to: '24:00' },
  places: ['滨河路1'],
  vehicleColour: 'white',
  vehicleType: 'van',
  direction: 'receding',
  plateColour: 'blue',
  unread: ['什么'],
};

test.each([false, true])('every chip, taken out and typed again, is the same question (English: %s)', (isEnglish) => {
  const places = someone(3);
  const table: Record<string, readonly [string, string] | undefined> = commonText;
  const words = {
    isEnglish,
    formatTime,
    attribute: ({ kind, key }: { kind: string; key: string }) => {
      const prefix = { paint: 'paint', type: 'vehicle', direction: 'travel', colour: 'colour' }[kind] ?? '';
      return table[`${prefix}.${key}`]?.[isEnglish ? 1 : 0] ?? '';
    },
  };
  for (const chip of chipsOf(full, places)) {
    const without = withoutChip(full, chip);
    expect(without, chip.kind).not.toEqual(full);
    const text = chipText(full, chip, words) ?? '';
    const terms = parseQuery(text, places, now).flatMap((token) => token.terms);
    expect(applyTerms(without, terms), `${chip.kind} as ${text}`).toEqual(full);
  }
});

test('what is said later replaces what was said before; places add up', () => {
  const terms = parseQuery('昨天 皖B12345 滨河路2', someone(3), now).flatMap((token) => token.terms);
  expect(applyTerms(full, terms)).toMatchObject({
    plate: '皖B12345',
    range: 'yesterday',
    places: ['滨河路1', '滨河路2'],
  });
});

import { expect, test } from 'vitest';
import type { Camera } from '#api/contract/cameras.ts';
import { suggestWords } from './attribute-words.ts';
import { finishedLength, parseQuery, readAgain } from './parse-query.ts';
import { camerasOf, makePlaces, spellSome, suggestPlaces } from './places.ts';
import { platePattern } from './plate-words.ts';
import type { Term } from './terms.ts';

const now = new Date(2026, 10, 26, 15, 30, 0).getTime();

function camera(id: string, name: string, area: string, longitude: number, latitude: number): Camera {
  return {
    id,
    name,
    number: id,
    area,
    scene: 'road',
    longitude,
    latitude,
    url: 'rtsp://192.0.2.1/live',
    recording: { mode: 'continuous' },
    analysis: { mode: 'keyframes' },
    rules: [],
    hasPassword: false,
    state: { status: 'live', since: '2026-11-26T00:00:00.000Z' },
  } as unknown as Camera;
}

const road = (name: string, nameEn: string, kind: string, ...coordinates: [number, number][]) => ({
  type: 'Feature',
  properties: { name, nameEn, kind },
  geometry: { type: 'LineString', coordinates },
});

const places = makePlaces(
  [
    camera('c1', '滨河路口', '河东片区', 117.28, 31.86),
    camera('c2', '滨河路西卡口', '河东片区', 117.27, 31.8601),
    camera('c3', '人民路东卡口', '城中片区', 117.29, 31.87),
    camera('c4', '3号卡口', '城中片区', 117.275, 31.8602),
  ],
  {
    type: 'FeatureCollection',
    features: [
      road('滨河路', 'Binhe Road', 'main', [117.26, 31.86], [117.3, 31.86]),
      road('人民路', 'Renmin Road', 'main', [117.28, 31.87], [117.3, 31.8701]),
      road('清河', 'Qing River', 'river', [117.26, 31.859], [117.3, 31.859]),
    ],
  },
);
while (spellSome(places, 2));

const short = (term: Term): string => {
  switch (term.kind) {
    case 'plate':
      return `plate ${term.plate}`;
    case 'place':
      return `place ${term.name}`;
    case 'range':
      return `range ${typeof term.range === 'string' ? term.range : new Date(term.range.fromMs).getDate()}`;
    case 'hours':
      return `hours ${term.hours.from}-${term.hours.to}`;
    case 'fuzzy':
      return 'fuzzy';
    case 'unknown':
      return `${term.why} ${term.text}`;
    default:
      return `${term.kind} ${term.value}`;
  }
};
const read = (typed: string): string[] => parseQuery(typed, places, now).flatMap((token) => token.terms.map(short));

test.each([
  [
    '皖A8?23 昨天 18-20点 滨河路 白色 面包车',
    ['plate 皖A8?23', 'range yesterday', 'hours 18:00-20:00', 'place 滨河路', 'colour white', 'type van'],
  ],
  [
    '皖A8?23昨天18-20点滨河路白色面包车',
    ['plate 皖A8?23', 'range yesterday', 'hours 18:00-20:00', 'place 滨河路', 'colour white', 'type van'],
  ],
  [
    'white van near Binhe Road yesterday 6-8pm',
    ['colour white', 'type van', 'place 滨河路', 'range yesterday', 'hours 18:00-20:00'],
  ],
  ['last night 6-8pm 8k23 black car', ['range 25', 'hours 18:00-20:00', 'plate 8K23', 'colour black', 'type car']],
  [
    '今天早高峰，人民路；黄牌 货车',
    ['range today', 'hours 07:00-09:00', 'place 人民路', 'plateColour yellow', 'type truck'],
  ],
  ['前天凌晨 在滨河路附近的白车', ['range 24', 'hours 00:00-06:00', 'place 滨河路', 'colour white']],
  ['皖A12345~', ['plate 皖A12345', 'fuzzy']],
  ['~皖A12345', ['plate 皖A12345', 'fuzzy']],
  ['皖a·12345 模糊', ['plate 皖A12345', 'fuzzy']],
  ['皖A 8K23X 上周三', ['plate 皖A8K23X', 'range 18']],
  ['皖A 18点', ['plate 皖A', 'hours 18:00-19:00']],
  ['皖a8？23', ['plate 皖A8?23']],
  ['皖AD12345', ['plate 皖AD12345']],
  ['?A8K23X', ['plate ?A8K23X']],
  ['*8k23', ['plate *8K23']],
  ['8K23', ['plate 8K23']],
  ['2026', ['plate 2026']],
  ['2026-11-20', ['range 20']],
  ['20-22', ['hours 20:00-22:00']],
  ['11/20', ['range 20']],
  ['京', ['plate 京']],
  ['黑', ['colour black']],
  ['黑A12345', ['plate 黑A12345']],
  ['黑色轿车 驶离', ['colour black', 'type car', 'direction receding']],
  ['SUV 向左', ['type car', 'direction leftward']],
  ['bhl', ['place 滨河路']],
  ['binhelu', ['place 滨河路']],
  ['rmldkk', ['place 人民路东卡口']],
  ['西卡口', ['place 西卡口']],
  ['河东片区 公交', ['place 河东片区', 'type bus']],
  ['3号卡口', ['place 3号卡口']],
  ['近3天 皖B', ['range 3d', 'plate 皖B']],
])('reads %s', (typed, expected) => expect(read(typed)).toEqual(expected));

test.each([
  ['人民医院', ['unknown 人民医院']],
  ['黄河路', ['unknown 黄河路']],
  ['电动车', ['unknown 电动车']],
  ['滨河路 xyzzy', ['place 滨河路', 'unknown xyzzy']],
  ['7', ['short_number 7']],
  ['皖A12345 皖B54321', ['plate 皖A12345', 'second_plate 皖B54321']],
  ['昨天 11月20日', ['range yesterday', 'second_time 11月20日']],
  ['200米', ['unknown 200米']],
  ['???', ['unknown ???']],
])('says what it does not understand of %s', (typed, expected) => expect(read(typed)).toEqual(expected));

test('spans are those of the typed text, whatever its width', () => {
  const typed = '皖Ａ８？２３　昨天，　滨河路';
  for (const token of parseQuery(typed, places, now)) expect(typed.slice(token.start, token.end)).toBe(token.text);
  expect(parseQuery(typed, places, now).map((token) => token.text)).toEqual(['皖Ａ８？２３', '昨天', '滨河路']);
});

test.each([
  ['皖A8?23', ''],
  ['皖A8?23 ', '皖A8?23 '],
  ['皖A8?23 昨', '皖A8?23 '],
  ['白色', '白色'],
  ['白色面包', '白色'],
  ['白色面包车', '白色面包车'],
  ['滨河路', ''],
  ['last ', ''],
  ['last night ', 'last night '],
  ['xyzzy ', ''],
  ['xyzzy 白色', 'xyzzy 白色'],
  ['yesterday xyzzy ', 'yesterday '],
  ['red', ''],
])('while %j is being typed, %j is finished', (typed, finished) =>
  expect(typed.slice(0, finishedLength(typed, parseQuery(typed, places, now), places))).toBe(finished),
);

test('a road stands for the cameras beside it and those named after it; part of a name for all that hold it', () => {
  expect(camerasOf(places, '滨河路').toSorted()).toEqual(['c1', 'c2', 'c4']);
  expect(camerasOf(places, '卡口').toSorted()).toEqual(['c2', 'c3', 'c4']);
  expect(camerasOf(places, '河东片区')).toEqual(['c1', 'c2']);
  expect(camerasOf(places, '清河')).toEqual([]);
});

test('offers roads before cameras, by name and by initials', () => {
  expect(suggestPlaces(places, '滨', 3).map((one) => one.name)).toEqual(['滨河路', '滨河路口', '滨河路西卡口']);
  expect(suggestPlaces(places, 'rm', 2).map((one) => one.name)).toEqual(['人民路', '人民路东卡口']);
  expect(suggestPlaces(places, '没有', 5)).toEqual([]);
});

test.each([
  ['皖A8?23', false, '皖A8?23*'],
  ['8K23', false, '*8K23*'],
  ['?A8K', false, '?A8K*'],
  ['皖A12345', false, '皖A12345'],
  ['皖AD12345', false, '皖AD12345'],
  ['皖A1*', false, '皖A1*'],
  ['AB123', true, 'AB123'],
  ['AB123', false, '*AB123*'],
  ['', false, ''],
])('asks for %s (likely readings: %s) as %s', (plate, isFuzzy, pattern) =>
  expect(platePattern(plate, isFuzzy)).toBe(pattern),
);

test('offers words that it understands, one for each meaning, none for what is complete', () => {
  expect(suggestWords('面', 3)).toEqual(['面包']);
  expect(suggestWords('昨', 3)).toEqual(['昨天', '昨晚']);
  expect(suggestWords('wh', 3)).toEqual(['white', 'white plate']);
  expect(suggestWords('w', 3)).toEqual([]);
  expect(suggestWords('白色', 3)).toEqual([]);
});

test('a place that was typed before its name was known is read once it is', () => {
  const before = parseQuery('滨河路 xyzzy 皖A12345 皖B54321', makePlaces([], undefined), now).flatMap(
    (token) => token.terms,
  );
  const unread = before.flatMap((term) => (term.kind === 'unknown' ? [term.text] : []));
  expect(unread).toEqual(['滨河路', 'xyzzy', '皖B54321']);
  expect(readAgain(unread, places, now)).toEqual({
    terms: [{ kind: 'place', name: '滨河路' }],
    // A second plate stays what it was: said, not taken.
    unread: ['xyzzy', '皖B54321'],
  });
});

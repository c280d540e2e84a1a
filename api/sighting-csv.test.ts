import { expect, test } from 'vitest';
import type { Sighting } from './contract/sightings.ts';
import { csvStyle, sightingCells, sightingColumns } from './sighting-csv.ts';

const sighting: Sighting = {
  sightingId: 's1',
  time: '2026-11-23T16:30:00.250Z',
  firstSeen: '2026-11-23T16:29:59.000Z',
  lastSeen: '2026-11-23T16:30:01.000Z',
  cameraId: 'cam-1',
  cameraName: 'North gate',
  vehicleType: 'van',
  vehicleColour: { name: 'silver', confidence: 0.8 },
  direction: 'receding',
  score: 0.9,
  box: { x: 0, y: 0, width: 1, height: 1 },
  plate: {
    text: '皖A8K23D',
    confidence: 0.98765,
    colour: 'blue',
    alternatives: [],
    characterConfidences: [],
    framesRead: 3,
    framesAgreeing: 3,
  },
  longitude: -0.5,
  pictureUrl: '/api/evidence/evidence/a.jpg',
  isRecorded: true,
};

test('a row says in the language asked for what a column names, and the time in its zone', () => {
  const style = csvStyle('zh', 'Asia/Shanghai');
  const row = Object.fromEntries(
    sightingColumns(style).map((column, index) => [column, sightingCells(sighting, style)[index]]),
  );
  expect(row).toEqual({
    '时间 (Asia/Shanghai)': '2026-11-24 00:30:00',
    摄像机: 'North gate',
    摄像机编号: 'cam-1',
    号牌: '皖A8K23D',
    号牌置信度: 0.988,
    与所查号牌相符的可能性: undefined,
    号牌颜色: '蓝',
    车型: '面包车',
    车身颜色: '银',
    方向: '驶离',
    '速度 (km/h)': undefined,
    经度: -0.5,
    纬度: undefined,
    图片: '/api/evidence/evidence/a.jpg',
    记录编号: 's1',
  });
  const english = csvStyle('en', 'UTC');
  expect(sightingCells(sighting, english).slice(0, 10)).toEqual([
    '2026-11-23 16:30:00',
    'North gate',
    'cam-1',
    '皖A8K23D',
    0.988,
    undefined,
    'blue',
    'van',
    'silver',
    'receding',
  ]);
  expect(sightingColumns(english)).toHaveLength(sightingCells(sighting, english).length);
});

test('a zone that there is not is the fault of the field', () => {
  expect(() => csvStyle('en', 'Moon/Base')).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID', context: { field: 'timeZone' } }),
  );
});

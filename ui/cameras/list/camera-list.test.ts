import { expect, test } from 'vitest';
import type { Camera, CameraStatus } from '#api/contract/cameras.ts';
import { CameraFinder } from './camera-finder.ts';
import { countByStatus, filterCameras, nameRanks, sortCameras, troubleFirst } from './camera-list.ts';

const anything = { text: '', status: undefined, area: undefined, mode: undefined };

function camera(id: string, more: Partial<Camera> = {}, status: CameraStatus = 'live'): Camera {
  return {
    id,
    name: id,
    number: '',
    area: '',
    scene: 'road',
    url: `rtsp://10.0.0.1/${id}`,
    recording: { mode: 'continuous' },
    analysis: { mode: 'off' },
    rules: [],
    hasPassword: false,
    state: { status, since: '2026-11-23T10:00:00.000Z', bitrateKbps: 2000, framesPerSecond: 25, lossRatio: 0 },
    ...more,
  };
}

function city(count: number): Camera[] {
  return Array.from({ length: count }, (_, index) =>
    camera(
      `c${index}`,
      { name: `滨河路${index % 997}号-东向${index}`, area: `区域${index % 20}`, number: `BH-${index}` },
      index % 50 === 0 ? 'offline' : 'live',
    ),
  );
}

function finderOf(cameras: readonly Camera[]): CameraFinder {
  const finder = new CameraFinder();
  finder.update(cameras);
  while (finder.prepare(100));
  return finder;
}
const names = (cameras: readonly Camera[]): string[] => cameras.map(({ name }) => name);

test('finds by name, initials, area, address, codec and transport, all words together', () => {
  const list = [
    camera('a', { name: '滨河路口', area: '东区', url: 'rtsp://10.0.0.8:554/ch1' }),
    camera('b', { name: '人民广场', area: '西区' }),
  ];
  const [first] = list;
  if (!first) throw new Error('no camera');
  const withState = [
    { ...first, state: { ...first.state, codec: 'hvc1.1.6.L93', transport: 'udp' as const } },
    ...list,
  ];
  const finder = finderOf(withState);
  const found = (text: string): string[] => names(filterCameras(list, { ...anything, text }, finder));
  expect(found('bhlk')).toEqual(['滨河路口']);
  expect(found('renmin')).toEqual(['人民广场']);
  expect(found('10.0.0.8')).toEqual(['滨河路口']);
  expect(found('路口 东区')).toEqual(['滨河路口']);
  expect(found('路口 西区')).toEqual([]);
  const single = finderOf(withState.slice(0, 1));
  expect(filterCameras(withState.slice(0, 1), { ...anything, text: 'h265 udp' }, single)).toHaveLength(1);
});

test('before its pinyin is made a name is found by its own characters', () => {
  const list = [camera('a', { name: '滨河路口' })];
  const finder = new CameraFinder();
  finder.update(list);
  expect(filterCameras(list, { ...anything, text: '滨河' }, finder)).toHaveLength(1);
  expect(filterCameras(list, { ...anything, text: 'bh' }, finder)).toHaveLength(0);
  expect(finder.prepare(10)).toBe(false);
  expect(filterCameras(list, { ...anything, text: 'bh' }, finder)).toHaveLength(1);
});

test('puts what is broken first, then goes by name', () => {
  const list = [
    camera('a', { name: '第10路' }),
    camera('b', { name: '第2路' }),
    camera('c', { name: '第9路' }, 'offline'),
    camera('d', { name: '第1路' }, 'rejected'),
  ];
  const by = { ranks: nameRanks(list), defaults: undefined };
  expect(names(sortCameras(list, troubleFirst, by))).toEqual(['第1路', '第9路', '第2路', '第10路']);
  expect(names(sortCameras(list, { key: 'name', isDescending: true }, by))[0]).toBe('第10路');
  expect([...countByStatus(list)]).toEqual([
    ['rejected', 1],
    ['offline', 1],
    ['live', 2],
  ]);
  expect(filterCameras(list, { ...anything, status: 'trouble' }, finderOf(list))).toHaveLength(2);
});

test('a camera without a time of its own is sorted by the deployment’s', () => {
  const list = [camera('a'), camera('b', { recording: { mode: 'continuous', retentionHours: 24 } })];
  const by = { ranks: nameRanks(list), defaults: { segmentSeconds: 60, retentionHours: 72 } };
  expect(names(sortCameras(list, { key: 'retention', isDescending: false }, by))).toEqual(['b', 'a']);
});

test('20,000 cameras are filtered and sorted again without the names being spelled or compared again', () => {
  const list = city(20_000);
  const finder = new CameraFinder();
  finder.update(list);
  const ranks = nameRanks(list);
  const startMs = performance.now();
  finder.update(list.map((one, index) => (index === 7 ? { ...one, state: { ...one.state, status: 'offline' } } : one)));
  const shown = sortCameras(filterCameras(list, { ...anything, text: '东向1' }, finder), troubleFirst, {
    ranks,
    defaults: undefined,
  });
  // A busy machine stands still at times; comparing names or spelling them anew takes far longer than this.
  expect(performance.now() - startMs).toBeLessThan(3000);
  expect(shown.length).toBeGreaterThan(10_000);
  expect(shown[0]?.state.status).toBe('offline');
});

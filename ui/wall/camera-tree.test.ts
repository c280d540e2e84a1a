import { expect, test } from 'vitest';
import type { Camera } from '#api/contract/cameras.ts';
import { treeRows } from './camera-tree.ts';

const camera = (id: string, area: string, status = 'live'): Camera => ({ id, area, state: { status } }) as Camera;
const cameras = [
  camera('a', '北区/滨河路'),
  camera('b', '北区/滨河路', 'offline'),
  camera('c', '北区'),
  camera('d', ''),
  camera('e', '南区', 'disabled'),
];
const words = (closed: string[]) =>
  treeRows(cameras, { closed: new Set(closed), noArea: '未分区' }).map((row) =>
    row.kind === 'area' ? `${'  '.repeat(row.depth)}${row.name} ${row.count}/${row.troubled}` : row.camera.id,
  );

test('shows areas with their groups and cameras, and how many of them have trouble', () => {
  expect(words([])).toEqual(['北区 3/1', '  滨河路 2/1', 'a', 'b', 'c', '未分区 1/0', 'd', '南区 1/0', 'e']);
});

test('a closed area shows its count alone', () => {
  expect(words(['北区', '南区'])).toEqual(['北区 3/1', '未分区 1/0', 'd', '南区 1/0']);
});

test('20,000 cameras are a few milliseconds', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => camera(`c${index}`, `区 ${index % 60}/组 ${index % 600}`));
  const started = performance.now();
  expect(treeRows(many, { closed: new Set(), noArea: '' })).toHaveLength(20_000 + 60 + 600);
  expect(performance.now() - started).toBeLessThan(2_000);
});

import type { CameraRule, Point } from '#ingest/cameras/camera.ts';

/** What a usual kitchen is watched for, on the places that the shipped clip has. */
export const KITCHEN_RULES: readonly CameraRule[] = [
  { kind: 'hygiene', id: 'mask', name: 'no_mask', item: 'no_mask', zone: [], graceMs: 20_000 },
  {
    kind: 'hygiene',
    id: 'stove',
    name: 'flame_unattended',
    item: 'flame_unattended',
    zone: rectangle(0.73, 0.37, 0.24, 0.2),
    graceMs: 30_000,
  },
  {
    kind: 'hygiene',
    id: 'bin',
    name: 'bin_open',
    item: 'bin_open',
    zone: rectangle(0.21, 0.58, 0.1, 0.28),
    graceMs: 60_000,
  },
];

function rectangle(x: number, y: number, width: number, height: number): readonly Point[] {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

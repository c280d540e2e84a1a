import type { Camera, CameraStatus } from '#api/contract/cameras.ts';
import { byTrouble } from '../../shared/camera-status.tsx';
import type { CameraFinder } from './camera-finder.ts';

export const sortKeys = [
  'name',
  'area',
  'state',
  'source',
  'bitrate',
  'fps',
  'size',
  'recording',
  'retention',
  'health',
] as const;
export type SortKey = (typeof sortKeys)[number];
export interface Sort {
  readonly key: SortKey;
  readonly isDescending: boolean;
}
/** What is broken first. */
export const troubleFirst: Sort = { key: 'state', isDescending: false };

export interface ListFilter {
  readonly text: string;
  /** `trouble`: all but live and disabled. */
  readonly status: CameraStatus | 'trouble' | undefined;
  readonly area: string | undefined;
  readonly mode: Camera['recording']['mode'] | undefined;
}

export function isTrouble({ state }: Camera): boolean {
  return state.status !== 'live' && state.status !== 'disabled';
}

export function filterCameras(
  cameras: readonly Camera[],
  { text, status, area, mode }: ListFilter,
  finder: CameraFinder,
): Camera[] {
  return cameras.filter(
    (camera) =>
      (status === undefined || (status === 'trouble' ? isTrouble(camera) : camera.state.status === status)) &&
      (area === undefined || camera.area === area) &&
      (mode === undefined || camera.recording.mode === mode) &&
      (text === '' || finder.fits(camera.id, text)),
  );
}

/** Place of each camera in the order of the language. Comparing Chinese names is slow: done once, not at every sort. */
export function nameRanks(cameras: readonly Camera[]): ReadonlyMap<string, number> {
  const { compare } = new Intl.Collator('zh-CN', { numeric: true });
  const sorted = [...cameras].sort((a, b) => compare(a.name, b.name));
  return new Map(sorted.map(({ id }, rank) => [id, rank]));
}

export interface RecordingDefaults {
  readonly segmentSeconds: number;
  readonly retentionHours: number;
}

function valueOf(camera: Camera, key: SortKey, defaults: RecordingDefaults | undefined): number | string {
  const { state, recording } = camera;
  const isFlowing = state.status === 'live';
  switch (key) {
    case 'name':
    case 'state':
      return 0;
    case 'area':
      return camera.area;
    case 'source':
      return `${state.codec ?? ''} ${state.transport ?? ''}`;
    case 'bitrate':
      return isFlowing ? state.bitrateKbps : -1;
    case 'fps':
      return isFlowing ? state.framesPerSecond : -1;
    case 'size':
      return (state.widthPx ?? 0) * (state.heightPx ?? 0);
    case 'recording':
      return `${recording.mode} ${camera.recordingSince ?? ''}`;
    case 'retention':
      return recording.retentionHours ?? defaults?.retentionHours ?? 0;
    case 'health':
      return isFlowing ? state.lossRatio : 2;
  }
}

export function sortCameras(
  cameras: readonly Camera[],
  { key, isDescending }: Sort,
  by: { readonly ranks: ReadonlyMap<string, number>; readonly defaults: RecordingDefaults | undefined },
): Camera[] {
  const turn = isDescending ? -1 : 1;
  const rank = (camera: Camera): number => by.ranks.get(camera.id) ?? 0;
  const rows = cameras.map((camera) => ({ camera, value: valueOf(camera, key, by.defaults), rank: rank(camera) }));
  rows.sort((a, b) => {
    if (key === 'name') return turn * (a.rank - b.rank);
    const order =
      key === 'state'
        ? byTrouble(a.camera.state.status, b.camera.state.status)
        : typeof a.value === 'number' && typeof b.value === 'number'
          ? a.value - b.value
          : a.value < b.value
            ? -1
            : a.value > b.value
              ? 1
              : 0;
    return turn * order || a.rank - b.rank;
  });
  return rows.map(({ camera }) => camera);
}

export function countByStatus(cameras: readonly Camera[]): ReadonlyMap<CameraStatus, number> {
  const counts = new Map<CameraStatus, number>();
  for (const { state } of cameras) counts.set(state.status, (counts.get(state.status) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => byTrouble(a, b)));
}

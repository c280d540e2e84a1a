import { useMemo, useRef } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import {
  filterCameras,
  type ListFilter,
  nameRanks,
  type RecordingDefaults,
  type Sort,
  sortCameras,
} from './camera-list.ts';
import { useCameraFinder } from './use-camera-finder.ts';

/** The rows to show, kept quick for a city: what depends on names alone is made anew only when a name changes. */
export function useCameraList(
  cameras: readonly Camera[],
  { filter, sort, defaults }: { filter: ListFilter; sort: Sort; defaults: RecordingDefaults | undefined },
): readonly Camera[] {
  const { finder, spelled } = useCameraFinder(cameras);

  const named = useRef<{ cameras: readonly Camera[]; ranks: ReadonlyMap<string, number> }>(undefined);
  const isSame =
    named.current?.cameras.length === cameras.length &&
    named.current.cameras.every((one, index) => one.id === cameras[index]?.id && one.name === cameras[index].name);
  if (!isSame || !named.current) named.current = { cameras, ranks: nameRanks(cameras) };
  const { ranks } = named.current;
  const { text, status, area, mode } = filter;
  const { key, isDescending } = sort;
  return useMemo(
    () =>
      sortCameras(
        filterCameras(cameras, { text, status, area, mode }, finder),
        { key, isDescending },
        { ranks, defaults },
      ),
    // `spelled`: with their pinyin more names may fit.
    [cameras, finder, text, status, area, mode, key, isDescending, ranks, defaults, spelled],
  );
}

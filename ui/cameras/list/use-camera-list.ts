import { useEffect, useMemo, useRef, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { CameraFinder } from './camera-finder.ts';
import {
  filterCameras,
  type ListFilter,
  nameRanks,
  type RecordingDefaults,
  type Sort,
  sortCameras,
} from './camera-list.ts';

/** A millisecond or two of spelling at a time. */
const namesAtATime = 5;

/** Runs when the browser has nothing better to do; @returns how to give it up */
function whenIdle(run: () => void): () => void {
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(run, 5);
    return () => clearTimeout(timer);
  }
  const idle = requestIdleCallback(run, { timeout: 2000 });
  return () => cancelIdleCallback(idle);
}

/** The rows to show, kept quick for a city: what depends on names alone is made anew only when a name changes. */
export function useCameraList(
  cameras: readonly Camera[],
  { filter, sort, defaults }: { filter: ListFilter; sort: Sort; defaults: RecordingDefaults | undefined },
): readonly Camera[] {
  const [finder] = useState(() => new CameraFinder());
  const [spelled, setSpelled] = useState(0);
  useMemo(() => finder.update(cameras), [finder, cameras]);
  useEffect(() => {
    let giveUp: () => void;
    const step = (): void => {
      if (finder.prepare(namesAtATime)) giveUp = whenIdle(step);
      else setSpelled((count) => count + 1);
    };
    giveUp = whenIdle(step);
    return () => giveUp();
  }, [finder, cameras]);

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

import { useEffect, useMemo, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { CameraFinder } from './camera-finder.ts';

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

/**
 * Finds cameras by what is typed; names are spelled in pinyin while nothing else is to be done.
 * @param facts what else a camera is found by; always the same function
 * @returns `spelled` changes when all names are found by their pinyin too
 */
export function useCameraFinder(
  cameras: readonly Camera[],
  facts?: (camera: Camera) => string,
): { finder: CameraFinder; spelled: number } {
  const [finder] = useState(() => new CameraFinder(facts));
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
  return { finder, spelled };
}

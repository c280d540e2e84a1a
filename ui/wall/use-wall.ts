import { useCallback, useEffect, useRef } from 'react';
import { afterLooks } from '../player/first-looks.ts';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { useUrlState } from '../shared/url-state.ts';
import { firstWall, parseWall, type Wall, wallSearch } from './wall-layout.ts';

/** What the first screen keeps has the older name. */
export const settingOf = (name: string, screen: number): string => (screen === 1 ? name : `${name}.${screen}`);

/** An empty value would leave the address: one empty tile is to be remembered too. */
function addressOf(wall: Wall): { readonly layout: string; readonly tiles: string } {
  const { layout, tiles } = wallSearch(wall);
  return { layout, tiles: tiles || ',' };
}

/**
 * The wall lives in the address, so that a link opens the same one; without it the last one of this browser and screen counts,
 * and without that the first cameras (on another screen: none). Once the cameras are known, the address says which.
 */
export function useWall(
  cameraIds: readonly string[],
  screen: number,
  isLoaded: boolean,
): [Wall, (change: (wall: Wall) => Wall) => void] {
  const [search, setSearch] = useUrlState();
  const setting = settingOf('wall', screen);
  const wall: Wall =
    parseWall(search, cameraIds) ??
    parseWall(new URLSearchParams(readSetting(setting) ?? '')) ??
    (screen === 1 ? firstWall(cameraIds) : { layout: '4', tiles: [undefined, undefined, undefined, undefined] });
  // Two changes may come before the page is drawn again: the second goes on from the first.
  const latest = useRef(wall);
  latest.current = wall;
  const change = useCallback(
    (next: (wall: Wall) => Wall) => {
      latest.current = next(latest.current);
      setSearch(addressOf(latest.current));
    },
    [setSearch],
  );
  const isNamed = search.has('layout') && search.has('tiles');
  useEffect(() => {
    // Which has the whole wall drawn once more: after its first pictures.
    return isLoaded && !isNamed ? afterLooks(() => change((same) => same)) : undefined;
  }, [isLoaded, isNamed, change]);
  // The wall that was seen last is the one to come back to, however it was opened.
  const shown = search.toString();
  useEffect(() => {
    if (!isNamed) return;
    writeSetting(setting, new URLSearchParams(addressOf(latest.current)).toString());
  }, [isNamed, shown, setting]);
  return [wall, change];
}

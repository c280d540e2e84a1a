import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { firstWall, parseWall, type Wall, wallSearch } from './wall-layout.ts';

/** What the first screen keeps has the older name. */
export const settingOf = (name: string, screen: number): string => (screen === 1 ? name : `${name}.${screen}`);

/**
 * The wall lives in the address, so that a link opens the same one; without it the last one of this browser and screen counts,
 * and without that the first cameras (on another screen: none).
 */
export function useWall(cameraIds: readonly string[], screen: number): [Wall, (change: (wall: Wall) => Wall) => void] {
  const [search, setSearch] = useSearchParams();
  const setting = settingOf('wall', screen);
  const read = useCallback(
    (parameters: URLSearchParams): Wall =>
      parseWall(parameters, cameraIds) ??
      parseWall(new URLSearchParams(readSetting(setting) ?? '')) ??
      (screen === 1 ? firstWall(cameraIds) : { layout: '4', tiles: [undefined, undefined, undefined, undefined] }),
    [cameraIds, setting, screen],
  );
  const change = useCallback(
    (next: (wall: Wall) => Wall) => {
      setSearch(
        (parameters) => {
          const changed = wallSearch(next(read(parameters)));
          writeSetting(setting, new URLSearchParams(changed).toString());
          const result = new URLSearchParams(parameters);
          result.set('layout', changed.layout);
          result.set('tiles', changed.tiles);
          return result;
        },
        { replace: true },
      );
    },
    [read, setSearch, setting],
  );
  return [read(search), change];
}

import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { firstWall, parseWall, type Wall, wallSearch } from './wall-layout.ts';

/**
 * The wall lives in the address, so that a link opens the same one; without it the last one of this browser counts,
 * and without that the first cameras.
 */
export function useWall(cameraIds: readonly string[]): [Wall, (change: (wall: Wall) => Wall) => void] {
  const [search, setSearch] = useSearchParams();
  const read = useCallback(
    (parameters: URLSearchParams): Wall =>
      parseWall(parameters, cameraIds) ??
      parseWall(new URLSearchParams(readSetting('wall') ?? '')) ??
      firstWall(cameraIds),
    [cameraIds],
  );
  const change = useCallback(
    (next: (wall: Wall) => Wall) => {
      setSearch(
        (parameters) => {
          const changed = wallSearch(next(read(parameters)));
          writeSetting('wall', new URLSearchParams(changed).toString());
          const result = new URLSearchParams(parameters);
          result.set('layout', changed.layout);
          result.set('tiles', changed.tiles);
          return result;
        },
        { replace: true },
      );
    },
    [read, setSearch],
  );
  return [read(search), change];
}

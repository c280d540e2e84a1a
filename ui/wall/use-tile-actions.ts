import { useRef } from 'react';
import type { ShownPicture, TileActions } from './tile-actions.ts';

type OnPicture = (get: (() => ShownPicture | undefined) | undefined) => void;

interface Held {
  readonly actions: TileActions;
  readonly onPicture: OnPicture;
}

/**
 * The same functions for a tile each time that the wall is drawn, so that only tiles of which something changed are drawn anew: a
 * wall that opens is drawn several times, as what belongs to it arrives.
 *
 * @param actionsOf of this drawing; whatever is called later goes to the newest
 */
export function useTileActions(
  actionsOf: (index: number) => TileActions,
  onPicture: (index: number, get: (() => ShownPicture | undefined) | undefined) => void,
): (index: number) => Held {
  const latest = useRef({ actionsOf, onPicture });
  latest.current = { actionsOf, onPicture };
  const held = useRef(new Map<number, Held>());
  return (index) => {
    const known = held.current.get(index);
    if (known) return known;
    const now = (): TileActions => latest.current.actionsOf(index);
    const made: Held = {
      actions: {
        lookBack: (ms) => now().lookBack(ms),
        seek: (timeMs) => now().seek(timeMs),
        toLive: () => now().toLive(),
        toggleBoxes: () => now().toggleBoxes(),
        toggleFull: () => now().toggleFull(),
        togglePtz: () => now().togglePtz(),
        zoom: (zoom) => now().zoom(zoom),
        snapshot: () => now().snapshot(),
        bookmark: () => now().bookmark(),
        clear: () => now().clear(),
        acknowledge: (key) => now().acknowledge(key),
      },
      onPicture: (get) => latest.current.onPicture(index, get),
    };
    held.current.set(index, made);
    return made;
  };
}

import { useState } from 'react';
import { useKeys } from '../shared/use-keys.ts';
import { TileDigits } from './digits.ts';

const tenSecondsMs = 10_000;
const minuteMs = 60_000;

interface WallCommands {
  /** Tiles of the layout. */
  readonly count: number;
  pick: (index: number) => void;
  move: (key: string) => void;
  full: () => void;
  restore: () => void;
  zoom: () => void;
  ptz: () => void;
  snapshot: () => void;
  bookmark: () => void;
  lookBack: (ms: number) => void;
  live: () => void;
  acknowledge: () => void;
  mute: () => void;
  boxes: () => void;
  clear: () => void;
  list: () => void;
  search: () => void;
  tour: () => void;
  send: (screen: number) => void;
}

/** All keys of the wall; `?` lists them. */
export function useWallKeys(commands: WallCommands): void {
  const [digits] = useState(() => new TileDigits());
  useKeys([
    {
      keys: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      show: '1 – 64',
      label: 'keys.wall.pick',
      run: (key) => {
        const index = digits.type(Number(key), commands.count, performance.now());
        if (index !== undefined) commands.pick(index);
      },
    },
    {
      keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
      label: 'keys.wall.move',
      run: (key) => commands.move(key),
    },
    {
      keys: ['F', 'Escape'],
      show: 'F',
      label: 'keys.wall.full',
      run: (key) => (key === 'F' ? commands.full() : commands.restore()),
    },
    { keys: ['Z'], label: 'keys.wall.zoom', run: commands.zoom },
    { keys: ['P'], label: 'keys.wall.ptz', run: commands.ptz },
    { keys: ['S'], label: 'keys.wall.snapshot', run: commands.snapshot },
    { keys: ['B'], label: 'keys.wall.bookmark', run: commands.bookmark },
    { keys: ['Space'], label: 'keys.wall.back', run: () => commands.lookBack(tenSecondsMs) },
    { keys: ['Shift+Space'], label: 'keys.wall.backMinute', run: () => commands.lookBack(minuteMs) },
    { keys: ['L'], label: 'keys.wall.live', run: commands.live },
    { keys: ['A'], label: 'keys.wall.acknowledge', run: commands.acknowledge },
    { keys: ['M'], label: 'keys.wall.mute', run: commands.mute },
    { keys: ['D'], label: 'keys.wall.boxes', run: commands.boxes },
    { keys: ['X'], label: 'keys.wall.clear', run: commands.clear },
    { keys: ['C'], label: 'keys.wall.list', run: commands.list },
    { keys: ['/'], label: 'keys.wall.search', run: commands.search },
    { keys: ['T'], label: 'keys.wall.tour', run: commands.tour },
    {
      keys: Array.from({ length: 8 }, (_, index) => `Alt+${index + 1}`),
      show: 'Alt 1 – 8',
      label: 'keys.wall.send',
      run: (key) => commands.send(Number(key.slice(-1))),
    },
  ]);
}

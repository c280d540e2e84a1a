import { useEffect, useRef, useState } from 'react';
import { type OpenScreen, type ScreenMessage, withMessage } from './screens.ts';
import type { Wall } from './wall-layout.ts';

const channelName = 'vantage-wall';
const tellMs = 5_000;

interface Screens {
  /** The other windows of this wall. */
  readonly others: readonly OpenScreen[];
  send: (message: ScreenMessage) => void;
}

/** Windows of the same browser know of each other: who is open, what it shows, and what one sends to another. */
export function useScreens(options: {
  readonly screen: number;
  readonly wall: Wall;
  onCamera: (cameraId: string) => void;
  onWall: (layout: string, tiles: readonly string[]) => void;
}): Screens {
  const { screen, wall } = options;
  const [others, setOthers] = useState<readonly OpenScreen[]>([]);
  const latest = useRef(options);
  latest.current = options;
  const channel = useRef<BroadcastChannel>(undefined);
  useEffect(() => {
    const opened = new BroadcastChannel(channelName);
    channel.current = opened;
    const tell = () => {
      const { wall: shown } = latest.current;
      const cameras = shown.tiles.filter((id) => id !== undefined);
      opened.postMessage({ type: 'here', screen, layout: shown.layout, cameras } satisfies ScreenMessage);
    };
    opened.onmessage = ({ data }: MessageEvent<ScreenMessage>) => {
      if (data.type === 'ask') return tell();
      if (data.type === 'show' && data.screen === screen) return latest.current.onCamera(data.cameraId);
      if (data.type === 'wall' && data.screen === screen) return latest.current.onWall(data.layout, data.tiles);
      setOthers((known) => withMessage(known, data, Date.now()));
    };
    opened.postMessage({ type: 'ask' } satisfies ScreenMessage);
    const timer = setInterval(() => {
      tell();
      setOthers((known) => withMessage(known, undefined, Date.now()));
    }, tellMs);
    const leave = () => opened.postMessage({ type: 'gone', screen } satisfies ScreenMessage);
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      clearInterval(timer);
      leave();
      opened.close();
      channel.current = undefined;
    };
  }, [screen]);
  useEffect(() => {
    const cameras = wall.tiles.filter((id) => id !== undefined);
    channel.current?.postMessage({ type: 'here', screen, layout: wall.layout, cameras } satisfies ScreenMessage);
  }, [screen, wall]);
  return { others, send: (message) => channel.current?.postMessage(message) };
}

import { useLayoutEffect, useRef } from 'react';
import type { Still } from './use-still.ts';

/** Shows a still; its age is the caller's to show. */
export function StillPicture({ still, className }: { still: Still; className: string }) {
  const holder = useRef<HTMLDivElement>(null);
  const { canvas, timeMs, source } = still;
  useLayoutEffect(() => holder.current?.replaceChildren(canvas), [canvas]);
  return (
    <div
      ref={holder}
      className={`still-picture ${className}`}
      data-testid="still"
      data-source={source}
      data-time={timeMs === undefined ? '' : new Date(timeMs).toISOString()}
    />
  );
}

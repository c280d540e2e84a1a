import { useEffect, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { useNow } from '../../shared/use-now.ts';

/** A row's picture is at most this old while it is looked at. */
const freshMs = 60_000;
const largePx = { width: 480, height: 270 };

/** The newest picture, small; large beside the pointer. */
export function RowPicture({ camera, isResting }: { camera: Camera; isResting: boolean }) {
  const minute = Math.floor(useNow(freshMs) / freshMs);
  const [source, setSource] = useState<string>();
  const [isMissing, setMissing] = useState(false);
  const [large, setLarge] = useState<{ left: number; top: number }>();
  const { id } = camera;
  const isLive = camera.state.status === 'live';
  // What is scrolled past is never asked for; what stands still is asked for once a minute.
  useEffect(() => {
    if (!isResting || (!isLive && source !== undefined)) return;
    setMissing(false);
    setSource(`/api/cameras/${id}/still.jpg?at=${minute}`);
  }, [id, isResting, isLive, minute, source]);
  return (
    <span
      className="camera-still"
      onPointerEnter={(event) => {
        if (event.pointerType !== 'mouse') return;
        const { right, top } = event.currentTarget.getBoundingClientRect();
        setLarge({
          left: Math.min(right + 12, window.innerWidth - largePx.width - 12),
          top: Math.min(Math.max(12, top - largePx.height / 2), window.innerHeight - largePx.height - 12),
        });
      }}
      onPointerLeave={() => setLarge(undefined)}
    >
      {source && !isMissing && <img src={source} alt="" onError={() => setMissing(true)} />}
      {large && source && !isMissing && (
        <img className="camera-still-large" src={source} alt="" style={{ ...large, ...largePx }} />
      )}
    </span>
  );
}

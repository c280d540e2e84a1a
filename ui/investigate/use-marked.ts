import { useState } from 'react';
import type { Sighting } from '#api/contract/sightings.ts';

/** The pass that is pointed at, wherever it was; list, map and timeline show it alike. */
export function useMarked(walk: readonly Sighting[]) {
  const [marked, setMarked] = useState<{ id: string; isFar: boolean }>();
  const point = (id: string | undefined, isFar: boolean): void =>
    setMarked((before) =>
      before?.id === id && before?.isFar === isFar ? before : id === undefined ? undefined : { id, isFar },
    );
  return {
    id: marked?.id,
    /** Pointed at outside of the list, which then brings it into sight. */
    revealed: marked?.isFar ? marked.id : undefined,
    inList: (id: string | undefined) => point(id, false),
    elsewhere: (id: string | undefined) => point(id, true),
    atCamera: (cameraId: string | undefined) =>
      point(walk.find((sighting) => sighting.cameraId === cameraId)?.sightingId, true),
    /** With the keys: from one to the next; from nothing to the first. */
    move: (by: 1 | -1, from: string | undefined) => {
      const index = walk.findIndex((sighting) => sighting.sightingId === (marked?.id ?? from));
      const next = walk[index < 0 ? 0 : Math.max(0, Math.min(walk.length - 1, index + by))];
      if (next) point(next.sightingId, true);
    },
  };
}

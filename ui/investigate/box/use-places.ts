import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import type { MapLayer } from '#api/contract/sightings.ts';
import { getJson } from '../../shared/api-client.ts';
import { makePlaces, type PlaceIndex, spellSome } from '../query/places.ts';

export function useRoads() {
  return useQuery({
    queryKey: ['map'],
    queryFn: ({ signal }) => getJson<MapLayer>('/api/map', signal),
    staleTime: Infinity,
  });
}

/** So many names are spelled at a time, at a fifth of a millisecond each. */
const atOnce = 40;

/** What words for places stand for; undefined until the cameras are known. Made anew only when a name, place or area changes. */
export function usePlaces(cameras: readonly Camera[] | undefined, roads: MapLayer | undefined): PlaceIndex | undefined {
  // The list is patched every few seconds as states change; places do not.
  const key = cameras
    ?.map(({ id, name, area, longitude, latitude }) => `${id} ${name} ${area} ${longitude} ${latitude}`)
    .join('\n');
  const places = useMemo(
    () => (cameras ? makePlaces(cameras, roads) : undefined),
    // The key stands for the cameras.
    [key, roads],
  );
  const [, setSpelled] = useState(false);
  useEffect(() => {
    if (!places) return;
    let timer = setTimeout(function spell() {
      if (spellSome(places, atOnce)) timer = setTimeout(spell, 30);
      else setSpelled((before) => !before);
    }, 30);
    return () => clearTimeout(timer);
  }, [places]);
  return places;
}

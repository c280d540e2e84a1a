import './investigate.css';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import type { MapLayer, Sighting } from '#api/contract/sightings.ts';
import { CameraMap } from '../map/camera-map.tsx';
import type { MapScene, Place } from '../map/map-scene.ts';
import { getJson } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { useCameras } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { changedSearch, useUrlState } from '../shared/url-state.ts';
import { useKeys } from '../shared/use-keys.ts';
import { PassDetail } from './pass-detail.tsx';
import { PassStrip } from './pass-strip.tsx';
import { ResultList } from './result-list.tsx';
import { SearchBar } from './search-bar.tsx';
import { parseSearch, rangeOf, type SearchQuery, shortestPurpose, writeSearch } from './search-query.ts';
import { busyRange } from './time-range.ts';
import { TrajectoryPanel } from './trajectory-panel.tsx';
import { useSighting, useSightingSearch, useTrajectory } from './use-search.ts';
import { Widenings } from './widenings.tsx';

const noCameras: readonly Camera[] = [];
const purposeKey = 'vantage.purpose';

const placeOf = (one: { latitude?: number; longitude?: number }): Place | undefined =>
  one.latitude === undefined || one.longitude === undefined ? undefined : [one.longitude, one.latitude];

export function InvestigatePage() {
  const { say } = useText();
  const [search, change] = useUrlState();
  const query = parseSearch(search, sessionStorage.getItem(purposeKey) ?? '');
  const cameras = useCameras().data ?? noCameras;
  const roads = useQuery({
    queryKey: ['map'],
    queryFn: ({ signal }) => getJson<MapLayer>('/api/map', signal),
    staleTime: Infinity,
  });
  const results = useSightingSearch(query);
  const plate = search.get('trajectory') ?? undefined;
  const trajectory = useTrajectory(plate, query);
  const opened = search.get('pass') ?? undefined;
  const [hovered, setHovered] = useState<string>();
  const plateInput = useRef<HTMLInputElement>(null);

  const pages = results.data?.pages;
  const sightings = useMemo(() => pages?.flatMap((page) => page.sightings) ?? [], [pages]);
  const first = pages?.[0];
  const hasPurpose = query.purpose.trim().length >= shortestPurpose;
  // With a trajectory one walks along it, else through the list from new to old.
  const walk: readonly Sighting[] = trajectory.data && plate ? trajectory.data.sightings : sightings;
  const index = walk.findIndex((sighting) => sighting.sightingId === opened);
  const listed = walk[index] ?? sightings.find((sighting) => sighting.sightingId === opened);
  const alone = useSighting(opened !== undefined && !listed && !results.isFetching ? opened : undefined);
  const pass = listed ?? alone.data;

  const setQuery = (next: SearchQuery) => {
    sessionStorage.setItem(purposeKey, next.purpose);
    const address = changedSearch(
      writeSearch(search, next),
      next.plate === query.plate ? {} : { pass: undefined, trajectory: undefined },
    );
    change(
      Object.fromEntries(
        [...new Set([...search.keys(), ...address.keys()])].map((name) => [name, address.get(name) ?? undefined]),
      ),
    );
  };
  const open = (sightingId: string | undefined) =>
    change({ pass: sightingId }, opened === undefined ? 'push' : 'replace');
  const showTrajectory = (text: string) => change({ trajectory: text, pass: undefined }, 'push');
  const step = (by: 1 | -1) => {
    const next = index < 0 ? undefined : walk[index + by];
    if (next) open(next.sightingId);
  };
  useKeys([
    { keys: ['/'], label: 'keys.investigate.plate', run: () => plateInput.current?.focus() },
    {
      keys: ['ArrowLeft', 'ArrowRight'],
      label: 'keys.investigate.walk',
      run: (key) => step(key === 'ArrowLeft' ? -1 : 1),
    },
    {
      keys: ['Escape'],
      label: 'keys.investigate.close',
      run: () => (opened === undefined ? change({ trajectory: undefined }) : open(undefined)),
    },
  ]);
  useEffect(() => {
    if (hasPurpose) plateInput.current?.focus();
    // Only when the page opens: later the focus belongs to the person.
  }, []);

  const hoveredCamera =
    walk.find((sighting) => sighting.sightingId === hovered)?.cameraId ??
    sightings.find((sighting) => sighting.sightingId === hovered)?.cameraId;
  const scene = useMemo((): MapScene => {
    const shown = plate === undefined ? sightings : (trajectory.data?.sightings ?? []);
    const passes = Map.groupBy(shown, (sighting) => sighting.cameraId);
    const legs = (plate === undefined ? [] : (trajectory.data?.legs ?? [])).flatMap((leg, order) => {
      const from = shown.find((sighting) => sighting.sightingId === leg.fromSightingId);
      const to = shown.find((sighting) => sighting.sightingId === leg.toSightingId);
      const fromPlace = from && placeOf(from);
      const toPlace = to && placeOf(to);
      return fromPlace && toPlace
        ? [{ from: fromPlace, to: toPlace, isImplausible: leg.isImplausible, order: order + 1 }]
        : [];
    });
    return {
      roads: roads.data,
      legs,
      highlightedCamera: hoveredCamera ?? pass?.cameraId,
      cameras: cameras.flatMap((camera) => {
        const place = placeOf(camera);
        return place
          ? [{ cameraId: camera.id, name: camera.name, place, passes: passes.get(camera.id)?.length ?? 0 }]
          : [];
      }),
    };
  }, [plate, sightings, trajectory.data, roads.data, hoveredCamera, pass?.cameraId, cameras]);

  const range = busyRange(
    rangeOf(query, serverNow()),
    walk.map((sighting) => new Date(sighting.time).getTime()),
  );
  const pickCamera = (cameraId: string) => {
    const there = walk.find((sighting) => sighting.cameraId === cameraId);
    if (there) open(there.sightingId);
  };
  const hoverCamera = (cameraId: string | undefined) =>
    setHovered(walk.find((sighting) => sighting.cameraId === cameraId)?.sightingId);
  return (
    <div className="page investigate">
      <SearchBar query={query} cameras={cameras} plateInput={plateInput} onChange={setQuery} />
      <div className="investigate-body">
        <div className="investigate-list">
          {plate !== undefined && (
            <TrajectoryPanel
              plate={plate}
              trajectory={trajectory.data}
              error={trajectory.error}
              highlighted={hovered ?? opened}
              onHover={setHovered}
              onOpen={open}
              onClose={() => change({ trajectory: undefined, pass: undefined })}
              onRetry={() => void trajectory.refetch()}
            />
          )}
          {!hasPurpose && (
            <EmptyState icon="lock" title={say('search.purposeFirst')} detail={say('search.purposeFirstDetail')} />
          )}
          {hasPurpose && first && sightings.length > 0 && (
            <div className="results-head small">
              <strong>
                {say(results.hasNextPage ? 'results.countMore' : 'results.count', { count: sightings.length })}
              </strong>
              <span className="muted">{say('results.took', { ms: Math.round(first.tookMs) })}</span>
            </div>
          )}
          {hasPurpose && results.isError && (
            <div style={{ padding: 12 }}>
              <ErrorNotice error={results.error} onRetry={() => void results.refetch()} />
            </div>
          )}
          {hasPurpose && results.isPending && !results.isError && <SkeletonRows count={8} heightPx={64} />}
          {hasPurpose && first && sightings.length === 0 && !results.isFetching && (
            <Widenings page={first} query={query} onQuery={setQuery} />
          )}
          {hasPurpose && (
            <ResultList
              sightings={sightings}
              highlighted={hovered}
              opened={opened}
              onHover={setHovered}
              onOpen={open}
              onPlate={showTrajectory}
            />
          )}
          {results.hasNextPage && (
            <button
              type="button"
              className="button results-more"
              disabled={results.isFetchingNextPage}
              onClick={() => void results.fetchNextPage()}
            >
              {say('common.more')}
            </button>
          )}
        </div>
        <div className="investigate-main">
          <div className="investigate-map">
            <CameraMap scene={scene} onHover={hoverCamera} onPick={pickCamera} />
            {pass && (
              <PassDetail
                sighting={pass}
                index={index}
                total={walk.length}
                onStep={step}
                onPlate={showTrajectory}
                onClose={() => open(undefined)}
              />
            )}
          </div>
          <PassStrip
            sightings={walk}
            view={range}
            highlighted={hovered}
            opened={opened}
            onHover={setHovered}
            onOpen={open}
          />
        </div>
      </div>
    </div>
  );
}

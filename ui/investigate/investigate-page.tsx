import './investigate.css';
import './pass.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import type { Sighting } from '#api/contract/sightings.ts';
import { useCase } from '../cases/case-queries.ts';
import { CameraMap } from '../map/camera-map.tsx';
import { startOfDay } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { useCameras } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { readTime as readDay } from '../shared/time-field.tsx';
import { usePlaces, useRoads } from './box/use-places.ts';
import { SearchHead } from './box/search-head.tsx';
import { ClonePanel } from './clones/clone-panel.tsx';
import { CompareTray } from './compare/compare-tray.tsx';
import { CompareView } from './compare/compare-view.tsx';
import { KeepDialog } from './pass/keep-dialog.tsx';
import { PassDetail } from './pass/pass-detail.tsx';
import { WatchDialog } from './pass/watch-dialog.tsx';
import { searchBody } from './query/search-body.ts';
import { hasPurpose, rangeOf } from './query/search-query.ts';
import { busyRange, dayStart, withHours } from './query/time-range.ts';
import { ExportDialog } from './results/export-dialog.tsx';
import { PassStrip } from './results/pass-strip.tsx';
import { ResultsPane } from './results/results-pane.tsx';
import { RoutePlayer } from './route/route-player.tsx';
import { TrajectoryPanel } from './route/trajectory-panel.tsx';
import { buildScene } from './scene.ts';
import { useInvestigateKeys } from './use-investigate-keys.ts';
import { mostCompared, useInvestigation } from './use-investigation.ts';
import { useMarked } from './use-marked.ts';
import { useSighting, useSightingSearch, useTrajectory } from './use-search.ts';

const noCameras: readonly Camera[] = [];

type Open = { kind: 'keep'; sightings: readonly Sighting[] } | { kind: 'watch'; plate: string } | { kind: 'export' };

export function InvestigatePage() {
  const { say, language } = useText();
  const cameraList = useCameras().data;
  const cameras = cameraList ?? noCameras;
  const roads = useRoads().data;
  const places = usePlaces(cameraList, roads);
  const page = useInvestigation(places);
  const { query, effective, plate, opened, compared, view, change } = page;
  const results = useSightingSearch(effective, places);
  const trajectory = useTrajectory(plate, query, page.isLikely);
  const kept = useCase(query.caseId).data;
  const [dialog, setDialog] = useState<Open>();
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (hasPurpose(query) && opened === undefined && view === undefined) input.current?.focus();
    // Only when the page opens: later the focus belongs to the person.
  }, []);

  const pages = results.data?.pages;
  const sightings = useMemo(() => pages?.flatMap((one) => one.sightings) ?? [], [pages]);
  const asked = searchBody(effective, places, serverNow());
  const hindrance = asked.kind === 'not' && asked.why !== 'loading' ? asked.why : undefined;
  const shown = hindrance === undefined ? sightings : [];
  // With a trajectory one walks along it, else through the list from new to old.
  const walk: readonly Sighting[] = trajectory.data && plate !== undefined ? trajectory.data.sightings : shown;
  const known = useMemo(
    () => new Map([...sightings, ...(trajectory.data?.sightings ?? [])].map((one) => [one.sightingId, one])),
    [sightings, trajectory.data],
  );
  const marked = useMarked(walk);
  const index = walk.findIndex((sighting) => sighting.sightingId === opened);
  const listed = opened === undefined ? undefined : (walk[index] ?? known.get(opened));
  const alone = useSighting(opened !== undefined && !listed && !results.isFetching ? opened : undefined);
  const pass = listed ?? alone.data;
  const target = pass ?? walk.find((sighting) => sighting.sightingId === marked.id);

  const open = (sightingId: string | undefined) =>
    change({ pass: sightingId, view: undefined }, opened === undefined ? 'push' : 'replace');
  const showTrajectory = (text: string) => change({ trajectory: text, pass: undefined, view: undefined }, 'push');
  const toggleCompared = (sightingId: string) => {
    const next = compared.includes(sightingId)
      ? compared.filter((id) => id !== sightingId)
      : [...compared, sightingId].slice(-mostCompared);
    change({ compare: next.join(',') });
  };
  const step = (by: 1 | -1) => {
    const next = index < 0 ? undefined : walk[index + by];
    if (next) open(next.sightingId);
  };
  const close = () => {
    if (view !== undefined) change({ view: undefined });
    else if (opened !== undefined) open(undefined);
    else if (plate !== undefined) change({ trajectory: undefined });
  };
  const keep = (one: Sighting | undefined) => one && setDialog({ kind: 'keep', sightings: [one] });
  const watch = (one: Sighting | undefined) => one?.plate && setDialog({ kind: 'watch', plate: one.plate.text });
  useInvestigateKeys({
    focusBox: () => input.current?.focus(),
    move: (by) => marked.move(by, opened),
    step,
    openMarked: () => marked.id !== undefined && open(marked.id),
    compare: () => target && toggleCompared(target.sightingId),
    showCompared: () => compared.length > 1 && change({ view: 'compare' }, 'push'),
    keep: () => keep(target),
    watch: () => watch(target),
    trajectory: () => target?.plate && showTrajectory(target.plate.text),
    play: () => plate !== undefined && change({ view: 'play' }, 'push'),
    exportList: () => shown.length > 0 && setDialog({ kind: 'export' }),
    close,
  });

  const highlightedCamera = walk.find((sighting) => sighting.sightingId === marked.id)?.cameraId ?? pass?.cameraId;
  // The address is read anew at every turn; the numbers stand for the area.
  const areaKey = JSON.stringify(query.area);
  const scene = useMemo(
    () =>
      buildScene({
        roads,
        cameras,
        sightings: shown,
        trajectory: plate === undefined ? undefined : trajectory.data,
        highlighted: marked.id ?? opened,
        highlightedCamera,
        area: query.area,
        words: {
          implausible: (facts) => say('map.implausible', { facts }),
          stop: (duration) => say('map.stop', { duration }),
        },
      }),
    [roads, cameras, shown, plate, trajectory.data, marked.id, opened, highlightedCamera, areaKey, language],
  );
  const range = withHours(rangeOf(query, serverNow()), query.hours).range;
  const strip = busyRange(
    range,
    walk.map((sighting) => Date.parse(sighting.time)),
  );
  const keptPlates = useMemo(
    () => [...new Set(kept?.items.flatMap((item) => item.sighting?.plate?.text ?? []))],
    [kept],
  );
  const cloneDay = readDay(page.day ?? '') ?? startOfDay(serverNow());
  return (
    <div className="page investigate">
      <SearchHead
        query={query}
        draft={page.draft}
        places={places}
        cameras={cameras}
        keptPlates={keptPlates}
        input={input}
        onChange={page.setQuery}
        onLeave={() => {
          input.current?.blur();
          marked.move(1, undefined);
        }}
        onClones={() => change({ view: view === 'clones' ? undefined : 'clones' }, 'push')}
        isClones={view === 'clones'}
      />
      <div className="investigate-body">
        <div className="investigate-list">
          <ResultsPane
            query={effective}
            hindrance={hindrance}
            first={pages?.[0]}
            sightings={plate === undefined ? shown : []}
            hasMore={results.hasNextPage && plate === undefined}
            isLoading={results.isFetching || plate !== undefined}
            isLoadingMore={results.isFetchingNextPage}
            error={results.isError ? results.error : null}
            highlighted={marked.id}
            revealed={marked.revealed}
            opened={opened}
            compared={compared}
            onQuery={(next) => page.setQuery(next, '')}
            onHover={marked.inList}
            onOpen={open}
            onPlate={showTrajectory}
            onCompare={toggleCompared}
            onExport={() => setDialog({ kind: 'export' })}
            onMore={() => void results.fetchNextPage()}
            onRetry={() => void results.refetch()}
          >
            {plate !== undefined && (
              <TrajectoryPanel
                plate={plate}
                trajectory={trajectory.data}
                error={trajectory.error}
                isLikely={page.isLikely}
                highlighted={marked.id}
                opened={opened}
                onHover={marked.inList}
                onOpen={open}
                onLikely={(isLikely) => change({ likely: isLikely ? '1' : undefined })}
                onPlay={() => change({ view: 'play' }, 'push')}
                onClose={() => change({ trajectory: undefined, pass: undefined, view: undefined })}
                onRetry={() => void trajectory.refetch()}
              />
            )}
          </ResultsPane>
          <CompareTray
            ids={compared}
            known={known}
            onShow={() => change({ view: 'compare' }, 'push')}
            onClear={() => change({ compare: undefined, view: view === 'compare' ? undefined : view })}
          />
        </div>
        <div className="investigate-main">
          <div className="investigate-map">
            <CameraMap
              scene={scene}
              onHover={marked.atCamera}
              onPick={(cameraId) => {
                const there = walk.find((sighting) => sighting.cameraId === cameraId);
                if (there) open(there.sightingId);
              }}
              onArea={(area) => page.setQuery({ ...query, area })}
            />
            {view === 'compare' ? (
              <CompareView
                ids={compared}
                known={known}
                onOpen={open}
                onRemove={toggleCompared}
                onKeep={(list) => setDialog({ kind: 'keep', sightings: list })}
                onClose={close}
              />
            ) : view === 'play' && plate !== undefined ? (
              <RoutePlayer
                plate={plate}
                sightings={trajectory.data?.sightings ?? []}
                onAt={marked.elsewhere}
                onClose={close}
              />
            ) : view === 'clones' ? (
              <ClonePanel
                query={query}
                dayMs={cloneDay}
                onDay={(dayMs) => change({ day: dayText(dayMs) })}
                onOpen={open}
                onPlate={(text, dayMs) => {
                  page.setQuery({ ...query, plate: text, range: { fromMs: dayMs, toMs: dayStart(dayMs, 1) - 1 } }, '');
                }}
                onCompare={(ids) => change({ compare: ids.join(','), view: 'compare' }, 'push')}
                onClose={close}
              />
            ) : (
              pass && (
                <PassDetail
                  sighting={pass}
                  query={query}
                  index={index}
                  total={walk.length}
                  isCompared={compared.includes(pass.sightingId)}
                  onStep={step}
                  onOpen={open}
                  onPlate={showTrajectory}
                  onCompare={() => toggleCompared(pass.sightingId)}
                  onKeep={() => keep(pass)}
                  onWatch={() => watch(pass)}
                  onClose={() => open(undefined)}
                />
              )
            )}
          </div>
          <PassStrip
            sightings={walk}
            view={strip}
            hours={query.hours}
            highlighted={marked.id}
            opened={opened}
            onHover={marked.elsewhere}
            onOpen={open}
          />
        </div>
      </div>
      {dialog?.kind === 'keep' && (
        <KeepDialog sightings={dialog.sightings} caseId={query.caseId} onClose={() => setDialog(undefined)} />
      )}
      {dialog?.kind === 'watch' && (
        <WatchDialog plate={dialog.plate} reason={query.purpose} onClose={() => setDialog(undefined)} />
      )}
      {dialog?.kind === 'export' && (
        <ExportDialog query={effective} places={places} onClose={() => setDialog(undefined)} />
      )}
    </div>
  );
}

function dayText(dayMs: number): string {
  const date = new Date(dayMs);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

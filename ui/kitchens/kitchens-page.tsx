import './kitchens.css';
import { useMemo, useState } from 'react';
import type { Violation } from '#api/contract/kitchen.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { useHygieneItems } from '../shared/queries.ts';
import { useUrlState } from '../shared/url-state.ts';
import { useMedia } from '../shared/use-media.ts';
import { useKeys } from '../shared/use-keys.ts';
import { BoardToolbar } from './board-toolbar.tsx';
import { KitchenCard } from './kitchen-card.tsx';
import { filterKitchens, kitchenFinder, kitchenShows } from './kitchen-filter.ts';
import { type Action, useWork } from './use-work.ts';
import {
  useFreshViolations,
  useKitchens,
  useViolationFile,
  useViolations,
  violationFilters,
} from './use-violations.ts';
import { ViolationDetail } from './violation-detail.tsx';
import { WorkList } from './work-list.tsx';

const noneMarked: ReadonlySet<string> = new Set();

/** Board and work list side by side; an opened violation lies over the board, so the list stays in reach. */
export function KitchensPage() {
  const { say, pick } = useText();
  const [search, change] = useUrlState();
  const filter = violationFilters.find((name) => name === search.get('state')) ?? 'unreviewed';
  const show = kitchenShows.find((name) => name === search.get('show')) ?? 'all';
  const [cameraId, openedId] = [search.get('camera') ?? undefined, search.get('violation') ?? undefined];
  const [district, item] = [search.get('district') ?? undefined, search.get('item') ?? undefined];
  const text = search.get('q') ?? '';
  const kitchens = useKitchens();
  const violations = useViolations({ state: filter, cameraId, item, district });
  const items = useHygieneItems().data;
  useFreshViolations();
  const find = useMemo(kitchenFinder, []);
  const shown = filterKitchens(kitchens.data ?? [], { text, district, item, show }, find);
  const list = violations.data ?? [];
  // A judged one leaves the list of those to review; what was opened stays until something else is.
  const inList = list.find((one) => one.violationId === openedId);
  const file = useViolationFile(openedId).data;
  const opened = file?.violation.violationId === openedId ? newer(file?.violation, inList) : inList;
  const [marked, setMarked] = useState<ReadonlySet<string>>(noneMarked);
  const together = list.filter((one) => marked.has(one.violationId));

  const open = (violationId: string | undefined) =>
    change({ violation: violationId }, openedId === undefined ? 'push' : 'replace');
  const mark = (violationId: string) =>
    setMarked((before) => {
      const next = new Set(before);
      if (!next.delete(violationId)) next.add(violationId);
      return next;
    });
  const work = useWork((violation) => {
    const known = items?.find((candidate) => candidate.code === violation.item);
    return known ? pick({ zh: known.nameZh, en: known.nameEn }) : violation.item;
  });
  const at = list.findIndex((one) => one.violationId === openedId);
  const act = (violation: Violation, action: Action) => {
    const all = together.some((one) => one.violationId === violation.violationId) ? together : [violation];
    const left = list.filter((one) => !all.includes(one) || one.violationId === openedId);
    const from = left.findIndex((one) => one.violationId === openedId);
    const next = left[from + 1] ?? left[from - 1];
    work.mutate({ violations: all, action });
    setMarked(noneMarked);
    // Down the list: the next is there before the answer to this one is.
    if (filter === 'unreviewed' && action.kind !== 'recheck') open(next?.violationId);
  };
  const walk = (by: 1 | -1) => {
    const next = at < 0 ? list[0] : list[at + by];
    if (next) open(next.violationId);
  };
  useKeys([
    {
      keys: ['ArrowUp', 'ArrowDown', 'K', 'J'],
      show: '↑ ↓',
      label: 'keys.kitchens.walk',
      run: (key) => walk(key === 'ArrowUp' || key === 'K' ? -1 : 1),
    },
    { keys: ['X'], label: 'keys.kitchens.mark', run: () => openedId !== undefined && mark(openedId) },
  ]);

  // On a phone one thing at a time: the board, or the work list.
  const isNarrow = useMedia('(max-width: 1000px)');
  const view = search.get('view') === 'list' || cameraId !== undefined ? 'list' : 'board';
  const viewSwitch = isNarrow && (
    <div className="segmented" role="group" aria-label={say('page.kitchens')}>
      <button
        type="button"
        aria-pressed={view === 'board'}
        onClick={() => change({ view: undefined, camera: undefined })}
      >
        {say('kitchens.board')}
      </button>
      <button
        type="button"
        aria-pressed={view === 'list'}
        data-testid="view-list"
        onClick={() => change({ view: 'list' })}
      >
        {say('kitchens.list')}
      </button>
    </div>
  );
  return (
    <div className="page kitchens">
      <div className={`kitchens-body${opened ? ' has-opened' : ''}`}>
        <div className="kitchens-board" hidden={isNarrow && view === 'list'}>
          <div className="kitchens-head">
            <h1>{say('page.kitchens')}</h1>
            {viewSwitch}
          </div>
          {kitchens.data && kitchens.data.length > 0 && (
            <BoardToolbar {...{ kitchens: kitchens.data, text, district, item, show }} onChange={change} />
          )}
          {kitchens.isError && !kitchens.data && (
            <div style={{ padding: 16 }}>
              <ErrorNotice error={kitchens.error} onRetry={() => void kitchens.refetch()} />
            </div>
          )}
          {kitchens.isPending && !kitchens.isError && <SkeletonRows count={4} heightPx={140} />}
          {kitchens.data?.length === 0 && (
            <EmptyState icon="kitchens" title={say('kitchens.none')} detail={say('kitchens.noneDetail')} />
          )}
          {kitchens.data && kitchens.data.length > 0 && shown.length === 0 && (
            <EmptyState icon="search" title={say('kitchens.noMatch')}>
              <button
                type="button"
                className="button"
                onClick={() => change({ q: undefined, district: undefined, item: undefined, show: undefined })}
              >
                {say('kitchens.showAll', { count: kitchens.data.length })}
              </button>
            </EmptyState>
          )}
          <div className="kitchen-grid">
            {shown.map((kitchen) => (
              <KitchenCard
                key={kitchen.cameraId}
                kitchen={kitchen}
                isChosen={kitchen.cameraId === cameraId}
                onOpen={() => {
                  const isSame = kitchen.cameraId === cameraId;
                  change(
                    {
                      camera: isSame ? undefined : kitchen.cameraId,
                      violation: isSame ? undefined : kitchen.worst?.violationId,
                    },
                    'push',
                  );
                }}
              />
            ))}
          </div>
        </div>
        <WorkList
          isHidden={isNarrow && view === 'board'}
          heading={viewSwitch}
          violations={violations}
          filter={filter}
          kitchenName={kitchens.data?.find((kitchen) => kitchen.cameraId === cameraId)?.name}
          opened={openedId}
          marked={marked}
          onOpen={open}
          onMark={mark}
          onUnmark={() => setMarked(noneMarked)}
          onChange={change}
        />
        {opened && (
          <ViolationDetail
            violation={opened}
            count={marked.has(opened.violationId) ? together.length : 1}
            isPending={work.isPending}
            onAct={(action) => act(opened, action)}
            onOpen={open}
            onClose={() => open(undefined)}
          />
        )}
      </div>
    </div>
  );
}

/** List and detail are asked for apart; the later state is the true one. */
function newer(one: Violation | undefined, other: Violation | undefined): Violation | undefined {
  return one && other && other.revision > one.revision ? other : (one ?? other);
}

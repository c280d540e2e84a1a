import './kitchens.css';
import { useState } from 'react';
import type { ReviewInput, Violation } from '#api/contract/kitchen.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { useHygieneItems } from '../shared/queries.ts';
import { showToast } from '../shared/toast.tsx';
import { useUrlState } from '../shared/url-state.ts';
import { useMedia } from '../shared/use-media.ts';
import { useKeys } from '../shared/use-keys.ts';
import { KitchenCard } from './kitchen-card.tsx';
import { useFreshViolations, useKitchens, useReview, useViolations, violationFilters } from './use-violations.ts';
import { ViolationDetail } from './violation-detail.tsx';
import { ViolationList } from './violation-list.tsx';

/** Board and work list side by side; an opened violation lies over the board, so the list stays in reach. */
export function KitchensPage() {
  const { say, pick } = useText();
  const [search, change] = useUrlState();
  const filter = violationFilters.find((name) => name === search.get('state')) ?? 'unreviewed';
  const cameraId = search.get('camera') ?? undefined;
  const openedId = search.get('violation') ?? undefined;
  const kitchens = useKitchens();
  const violations = useViolations(filter, cameraId);
  const items = useHygieneItems().data;
  useFreshViolations();

  const list = violations.data ?? [];
  // A reviewed one leaves the list of those to review; what was opened stays until something else is.
  const [lastSeen, setLastSeen] = useState<Violation>();
  const everything = useViolations('all', undefined);
  const opened =
    openedId === undefined
      ? undefined
      : (list.find((one) => one.violationId === openedId) ??
        everything.data?.find((one) => one.violationId === openedId) ??
        (lastSeen?.violationId === openedId ? lastSeen : undefined));
  const open = (violation: Violation | undefined) => {
    setLastSeen(violation);
    change({ violation: violation?.violationId }, openedId === undefined ? 'push' : 'replace');
  };
  const nameOf = (violation: Violation): string => {
    const item = items?.find((candidate) => candidate.code === violation.item);
    return item ? pick({ zh: item.nameZh, en: item.nameEn }) : violation.item;
  };
  const review = useReview(({ violation, input }) => {
    const before = violation.review;
    const undo: ReviewInput | undefined = before && {
      decision: before.decision,
      ...(before.reason === undefined ? {} : { reason: before.reason }),
      ...(before.note === undefined ? {} : { note: before.note }),
    };
    const text = say(input.decision === 'confirmed' ? 'review.doneConfirmed' : 'review.doneDismissed', {
      item: nameOf(violation),
    });
    // There is no way back to 'not reviewed'; undo opens it again, or puts the former answer back.
    showToast(text, {
      label: say('common.undo'),
      run: () => (undo ? review.mutate({ violation, input: undo }) : open(violation)),
    });
  });
  const at = list.findIndex((one) => one.violationId === openedId);
  const answer = (violation: Violation, input: ReviewInput) => {
    const next = list[at + 1] ?? list[at - 1];
    review.mutate({ violation, input });
    if (filter === 'unreviewed') open(next);
  };
  const walk = (by: 1 | -1) => {
    const next = at < 0 ? list[0] : list[at + by];
    if (next) open(next);
  };
  useKeys([
    {
      keys: ['ArrowUp', 'ArrowDown', 'K', 'J'],
      show: '↑ ↓',
      label: 'keys.kitchens.walk',
      run: (key) => walk(key === 'ArrowUp' || key === 'K' ? -1 : 1),
    },
  ]);

  // On a phone one thing at a time: the board, or the work list.
  const isNarrow = useMedia('(max-width: 1000px)');
  const view = search.get('view') === 'list' || cameraId !== undefined ? 'list' : 'board';
  const chosen = kitchens.data?.find((kitchen) => kitchen.cameraId === cameraId);
  const viewSwitch = (
    <div className="segmented" role="group" aria-label={say('page.kitchens')}>
      <button
        type="button"
        aria-pressed={view === 'board'}
        onClick={() => change({ view: undefined, camera: undefined })}
      >
        {say('kitchens.board')}
      </button>
      <button type="button" aria-pressed={view === 'list'} onClick={() => change({ view: 'list' })}>
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
            {isNarrow && viewSwitch}
          </div>
          {kitchens.isError && !kitchens.data && (
            <div style={{ padding: 16 }}>
              <ErrorNotice error={kitchens.error} onRetry={() => void kitchens.refetch()} />
            </div>
          )}
          {kitchens.isPending && !kitchens.isError && <SkeletonRows count={4} heightPx={140} />}
          {kitchens.data?.length === 0 && (
            <EmptyState icon="kitchens" title={say('kitchens.none')} detail={say('kitchens.noneDetail')} />
          )}
          <div className="kitchen-grid">
            {kitchens.data?.map((kitchen) => (
              <KitchenCard
                key={kitchen.cameraId}
                kitchen={kitchen}
                isChosen={kitchen.cameraId === cameraId}
                onOpen={() => {
                  const isSame = kitchen.cameraId === cameraId;
                  setLastSeen(kitchen.worst);
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
        <div className="kitchens-list" hidden={isNarrow && view === 'board'}>
          {isNarrow && (
            <div className="kitchens-head">
              <h1>{say('page.kitchens')}</h1>
              {viewSwitch}
            </div>
          )}
          <div className="kitchens-head">
            <div className="segmented" role="group" aria-label={say('kitchens.list')}>
              {violationFilters.map((name) => (
                <button
                  key={name}
                  type="button"
                  aria-pressed={name === filter}
                  data-testid={`filter-${name}`}
                  onClick={() => change({ state: name === 'unreviewed' ? undefined : name })}
                >
                  {say(`violations.${name}`)}
                </button>
              ))}
            </div>
            {violations.data && <span className="muted small">{list.length}</span>}
          </div>
          {chosen && (
            <button
              type="button"
              className="button small-button kitchens-only"
              onClick={() => change({ camera: undefined })}
            >
              {say('violations.ofKitchen', { name: chosen.name })}
              <Icon name="close" size={14} />
            </button>
          )}
          {violations.isError && !violations.data && (
            <div style={{ padding: 12 }}>
              <ErrorNotice error={violations.error} onRetry={() => void violations.refetch()} />
            </div>
          )}
          {violations.isPending && !violations.isError && <SkeletonRows count={6} heightPx={64} />}
          {violations.data && list.length === 0 && (
            <EmptyState icon="check" title={say(`violations.empty.${filter}`)} />
          )}
          <ViolationList
            violations={list}
            opened={openedId}
            onOpen={(id) => open(list.find((one) => one.violationId === id))}
          />
        </div>
        {opened && (
          <ViolationDetail
            violation={opened}
            isPending={review.isPending}
            onReview={(input) => answer(opened, input)}
            onClose={() => open(undefined)}
          />
        )}
      </div>
    </div>
  );
}

import { useState } from 'react';
import type { WatchlistHit } from '#api/contract/sightings.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';
import { showToast, useProblemToast } from '../shared/toast.tsx';
import { useKeys } from '../shared/use-keys.ts';
import { HitDetail } from './hit-detail.tsx';
import { HitMark } from './hit-mark.tsx';
import { type HitState, hitStates, useDecideHit, useHits } from './hit-queries.ts';
import { nextHit, stepHit } from './next-hit.ts';

interface HitReviewProps {
  readonly state: HitState;
  /** Only hits of this entry. */
  readonly entryId: string | undefined;
  readonly chosen: string | undefined;
  onState: (state: HitState) => void;
  onChoose: (hitId: string | undefined) => void;
  onAllEntries: () => void;
}

/** Hits one after another, each against its picture: true or not; the next comes by itself. */
export function HitReview(props: HitReviewProps) {
  const { say } = useText();
  const { state, onChoose } = props;
  const hits = useHits(state, props.entryId);
  const decide = useDecideHit();
  const onProblem = useProblemToast();
  const [note, setNote] = useState('');
  const list = hits.data ?? [];
  const ids = list.map((hit) => hit.id);
  const current = list.find((hit) => hit.id === props.chosen) ?? list[0];

  const give = (hit: WatchlistHit | undefined, verdict: 'confirmed' | 'false') => {
    if (!hit || decide.isPending) return;
    const trimmed = note.trim();
    const before = hit.decision?.verdict;
    decide.mutate(
      { hitId: hit.id, verdict, ...(trimmed === '' ? {} : { note: trimmed }) },
      {
        onSuccess: () => {
          setNote('');
          if (state === 'open') onChoose(nextHit(ids, hit.id));
          const other = verdict === 'confirmed' ? 'false' : 'confirmed';
          showToast(say(`hit.done.${verdict}`, { plate: hit.plate }), {
            label: say(before ? 'common.undo' : `hit.instead.${other}`),
            run: () => decide.mutate({ hitId: hit.id, verdict: before ?? other }),
          });
        },
        onError: onProblem,
      },
    );
  };
  useKeys([
    { keys: ['Y'], label: 'keys.hits.confirm', run: () => give(current, 'confirmed') },
    { keys: ['N'], label: 'keys.hits.false', run: () => give(current, 'false') },
    {
      keys: ['ArrowUp', 'ArrowDown'],
      label: 'keys.hits.move',
      run: (key) => onChoose(stepHit(ids, current?.id, key === 'ArrowUp' ? -1 : 1)),
    },
  ]);
  return (
    <section className="hits" aria-label={say('hits.title')} data-testid="hit-review">
      <div className="hits-list">
        <div className="segmented" role="group" aria-label={say('hits.title')}>
          {hitStates.map((one) => (
            <button key={one} type="button" aria-pressed={one === state} onClick={() => props.onState(one)}>
              {say(`hit.state.${one}`)}
            </button>
          ))}
        </div>
        {props.entryId !== undefined && (
          <button type="button" className="button small-button" onClick={props.onAllEntries}>
            <Icon name="close" size={15} />
            {say('hits.oneEntry', { plate: list[0]?.plate ?? '' })}
          </button>
        )}
        {hits.isError && !hits.data && <ErrorNotice error={hits.error} onRetry={() => void hits.refetch()} />}
        {hits.isPending && !hits.isError && <SkeletonRows count={5} heightPx={52} />}
        <ul>
          {list.map((hit) => (
            <li key={hit.id}>
              <button
                type="button"
                className={`hit-row${hit.id === current?.id ? ' chosen' : ''}`}
                aria-current={hit.id === current?.id}
                data-testid="hit-row"
                onClick={() => onChoose(hit.id)}
              >
                {hit.sighting?.cropUrl ? (
                  <img src={hit.sighting.cropUrl} alt="" loading="lazy" />
                ) : (
                  <Icon name="alerts" />
                )}
                <span className="hit-text">
                  <span className="hit-first">
                    <PlateChip plate={{ text: hit.plate, colour: hit.sighting?.plate?.colour ?? 'unknown' }} />
                    <HitMark hit={hit} />
                  </span>
                  <span className="muted small one-line">
                    {`${formatTime(hit.time)} ${hit.sighting?.cameraName ?? ''}`}
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div className="hits-main">
        {hits.data && !current && (
          <EmptyState icon="check" title={say(`hits.none.${state}`)} detail={say(`hits.noneDetail.${state}`)} />
        )}
        {current && (
          <HitDetail
            key={current.id}
            hit={current}
            note={note}
            isPending={decide.isPending}
            position={say('pass.position', { index: ids.indexOf(current.id) + 1, total: ids.length })}
            onNote={setNote}
            onDecide={(verdict) => give(current, verdict)}
          />
        )}
      </div>
    </section>
  );
}

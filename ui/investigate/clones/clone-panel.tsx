import { useState } from 'react';
import type { CloneSuspicion, Sighting } from '#api/contract/sightings.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatDistance, formatDuration, formatTime, startOfDay } from '../../shared/format.ts';
import { FramedPicture } from '../../shared/framed-picture.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../../shared/placeholders.tsx';
import { PlateChip } from '../../shared/plate-chip.tsx';
import { normalisePlateQuery } from '../../shared/plate-doubt.ts';
import { TimeField } from '../../shared/time-field.tsx';
import { hasPurpose, type SearchQuery } from '../query/search-query.ts';
import { attributeText } from '../results/attributes.tsx';
import { useCloneCheck } from '../use-search.ts';

interface ClonePanelProps {
  readonly query: SearchQuery;
  readonly dayMs: number;
  onDay: (dayMs: number) => void;
  onOpen: (sightingId: string) => void;
  onPlate: (plate: string, dayMs: number) => void;
  onCompare: (sightingIds: readonly string[]) => void;
  onClose: () => void;
}

/** Plates that were where one vehicle cannot have been, or on different vehicles: pairs side by side, for a person to judge. */
export function ClonePanel({ query, dayMs, onDay, onOpen, onPlate, onCompare, onClose }: ClonePanelProps) {
  const { say } = useText();
  const [typed, setTyped] = useState('');
  const [plate, setPlate] = useState('');
  const report = useCloneCheck(dayMs, plate, query);
  const isPlate = typed === '' || (typed.length >= 5 && !/[?*]/.test(typed));
  return (
    <section className="pass clones" aria-label={say('clones.title')} data-testid="clones">
      <header className="pass-head">
        <h2>{say('clones.title')}</h2>
        <form
          className="clones-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (isPlate) setPlate(typed);
          }}
        >
          <TimeField
            kind="day"
            label={say('clones.day')}
            valueMs={dayMs}
            onChange={(timeMs) => onDay(startOfDay(timeMs))}
          />
          <input
            className="input"
            aria-label={say('clones.plate')}
            aria-invalid={!isPlate}
            placeholder={say('clones.plate')}
            value={typed}
            onChange={(event) => setTyped(normalisePlateQuery(event.target.value).slice(0, 10))}
          />
          <button type="submit" className="button" disabled={!isPlate}>
            {say('clones.check')}
          </button>
        </form>
        <span className="muted small">
          {report.data &&
            `${say('clones.count', { count: report.data.suspicions.length })} · ${say('results.took', { ms: Math.round(report.data.tookMs) })}`}
        </span>
        <div className="pass-walk">
          <button
            type="button"
            className="button quiet icon small-button"
            aria-label={say('common.close')}
            title={`${say('common.close')} (Esc)`}
            onClick={onClose}
          >
            <Icon name="close" size={18} />
          </button>
        </div>
      </header>
      <div className="clones-body">
        <p className="muted small">{say('clones.about')}</p>
        {!hasPurpose(query) && <EmptyState icon="lock" title={say('search.purposeFirst')} />}
        {report.isError && <ErrorNotice error={report.error} onRetry={() => void report.refetch()} />}
        {hasPurpose(query) && report.isPending && <SkeletonRows count={4} heightPx={150} />}
        {report.data?.suspicions.length === 0 && (
          <EmptyState icon="check" title={say('clones.none')} detail={say('clones.noneDetail')} />
        )}
        <ul className="clones-list">
          {report.data?.suspicions.map((suspicion) => (
            <li key={suspicion.plate} className="panel clone" data-testid="clone">
              <CloneHead
                suspicion={suspicion}
                onPlate={() => onPlate(suspicion.plate, dayMs)}
                onCompare={() => onCompare([suspicion.first.sightingId, suspicion.second.sightingId])}
              />
              <div className="clone-pair">
                <CloneSide sighting={suspicion.first} onOpen={onOpen} />
                <CloneSide sighting={suspicion.second} onOpen={onOpen} />
              </div>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function CloneHead(props: { suspicion: CloneSuspicion; onPlate: () => void; onCompare: () => void }) {
  const { say } = useText();
  const { suspicion } = props;
  const facts = [
    say('clones.apart', { duration: formatDuration(suspicion.secondsApart * 1000) }),
    suspicion.distanceMetres === undefined ? undefined : formatDistance(suspicion.distanceMetres),
    suspicion.fastestSeconds === undefined
      ? undefined
      : say('trajectory.fastest', { duration: formatDuration(suspicion.fastestSeconds * 1000) }),
  ].filter((part) => part !== undefined);
  return (
    <div className="clone-head">
      <PlateChip plate={{ text: suspicion.plate, colour: suspicion.first.plate?.colour ?? 'unknown' }} />
      {suspicion.reasons.map((reason) => (
        <span key={reason} className="clone-reason small">
          <Icon name="warning" size={13} />
          {say(`clones.reason.${reason}`)}
        </span>
      ))}
      <span className="muted small">{facts.join(' · ')}</span>
      <span className="muted small">{say('clones.times', { count: suspicion.contradictions })}</span>
      <span className="clone-tools">
        <button type="button" className="button small-button" onClick={props.onCompare}>
          <Icon name="columns" size={16} />
          {say('compare.one')}
        </button>
        <button type="button" className="button small-button" onClick={props.onPlate}>
          <Icon name="route" size={16} />
          {say('trajectory.title')}
        </button>
      </span>
    </div>
  );
}

function CloneSide({ sighting, onOpen }: { sighting: Sighting; onOpen: (sightingId: string) => void }) {
  const { say } = useText();
  return (
    <button type="button" className="clone-side" onClick={() => onOpen(sighting.sightingId)}>
      <span className="clone-picture">
        <FramedPicture url={sighting.pictureUrl} box={sighting.box} alt={say('pass.picture')} />
      </span>
      <span className="small">{formatTime(sighting.time)}</span>
      <span className="muted small one-line">{`${sighting.cameraName} · ${attributeText(say, sighting)}`}</span>
    </button>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Camera } from '#api/contract/cameras.ts';
import type { Timeline } from '#api/contract/recordings.ts';
import { getJson, queryString } from '../../shared/api-client.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatBytes, formatDuration, formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { serverNow } from '../../shared/server-clock.ts';
import { hasSound } from '../codec-name.ts';
import { formatHours } from '../edit/recording-form.ts';
import type { RecordingDefaults } from '../list/camera-list.ts';
import { sumDay } from './day-sum.ts';

const dayMs = 24 * 3_600_000;
const shownFirst = 6;

function lengthOf(durationMs: number | undefined): string | undefined {
  if (durationMs === undefined) return undefined;
  return durationMs < 1000 ? '< 1 s' : formatDuration(durationMs);
}

/** What the last day of recording came to, and what is missing of it, with the cause. */
export function DayRecording({ camera, defaults }: { camera: Camera; defaults: RecordingDefaults | undefined }) {
  const { say, pick } = useText();
  const [isAll, setAll] = useState(false);
  const query = useQuery({
    queryKey: ['camera-day', camera.id],
    queryFn: async ({ signal }) => {
      const nowMs = serverNow();
      const range = queryString({ from: new Date(nowMs - dayMs).toISOString(), to: new Date(nowMs).toISOString() });
      return sumDay(await getJson<Timeline>(`/api/recordings/${camera.id}/timeline${range}`, signal), nowMs);
    },
    refetchInterval: 60_000,
  });
  const sum = query.data;
  const { recording, recordingSince } = camera;
  const hours = recording.retentionHours ?? defaults?.retentionHours;
  return (
    <section>
      <h3>{say('camera.recording')}</h3>
      <dl className="facts small">
        <div>
          <dt>{say('camera.recordingMode')}</dt>
          <dd>
            {say(`recording.${recording.mode}`)}
            {recording.mode === 'scheduled' && recording.schedule && (
              <span className="muted"> · {recording.schedule.timeZone}</span>
            )}
          </dd>
        </div>
        {hours !== undefined && (
          <div>
            <dt>{say('camera.retention')}</dt>
            <dd>
              {formatHours(hours, say)}
              {recording.retentionHours === undefined && <span className="muted"> · {say('camera.byDefault')}</span>}
            </dd>
          </div>
        )}
        {recordingSince && (
          <div>
            <dt>{say('camera.oldest')}</dt>
            <dd>{formatTime(recordingSince)}</dd>
          </div>
        )}
        {sum && (
          <div>
            <dt>{say('camera.lastDay')}</dt>
            <dd>
              {formatDuration(sum.recordedMs)} · {formatBytes(sum.sizeBytes)}
              {sum.lostMs > 0 && (
                <span className="lost"> · {say('camera.lost', { time: formatDuration(sum.lostMs) })}</span>
              )}
            </dd>
          </div>
        )}
        {sum?.codecs !== undefined && (
          <div>
            <dt>{say('camera.sound')}</dt>
            <dd className={hasSound(sum.codecs) ? 'with-icon' : 'muted'}>
              {hasSound(sum.codecs) && <Icon name="sound" size={15} />}
              {say(hasSound(sum.codecs) ? 'camera.soundYes' : 'camera.soundNo')}
            </dd>
          </div>
        )}
      </dl>
      {query.isError && <ErrorNotice error={query.error} />}
      {sum && sum.gaps.length === 0 && sum.recordedMs > 0 && <p className="muted small">{say('camera.noGaps')}</p>}
      {sum && sum.gaps.length > 0 && (
        <>
          <h4>{say('camera.gaps')}</h4>
          <ol className="gaps small" data-testid="camera-gaps">
            {sum.gaps.slice(0, isAll ? undefined : shownFirst).map(({ gap, durationMs, isPlanned }) => (
              <li key={`${gap.start}-${gap.cause}`} className={isPlanned ? 'planned' : 'lost'}>
                <span className={`gap-mark${isPlanned ? ' planned' : ''}`} aria-hidden="true" />
                <Link to={`/playback?camera=${camera.id}&time=${encodeURIComponent(gap.start)}`}>
                  {formatTime(gap.start)}
                </Link>
                <span className="history-length">{lengthOf(durationMs) ?? say('camera.stillNow')}</span>
                <div className="history-why">
                  {say(isPlanned ? 'gap.planned' : 'gap.lost')} · {pick(gap.reason)}
                </div>
              </li>
            ))}
          </ol>
          {!isAll && sum.gaps.length > shownFirst && (
            <button type="button" className="button quiet small-button" onClick={() => setAll(true)}>
              {say('camera.gapsAll', { count: sum.gaps.length })}
            </button>
          )}
        </>
      )}
    </section>
  );
}

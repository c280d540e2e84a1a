import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Camera, CameraStateChange } from '#api/contract/cameras.ts';
import { getJson } from '../../shared/api-client.ts';
import { CameraStatusMark } from '../../shared/camera-status.tsx';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatDuration, formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { stateSpans } from './state-spans.ts';

const shownFirst = 8;

/** When it was in which state, for how long and why, newest first. */
export function StateHistory({ camera }: { camera: Camera }) {
  const { say, pick } = useText();
  const [isAll, setAll] = useState(false);
  const history = useQuery({
    queryKey: ['camera-history', camera.id, camera.state.since],
    queryFn: ({ signal }) => getJson<CameraStateChange[]>(`/api/cameras/${camera.id}/history`, signal),
    placeholderData: (before) => before,
  });
  const spans = stateSpans(history.data ?? [], camera.state);
  return (
    <section>
      <h3>{say('camera.history')}</h3>
      {history.isError && <ErrorNotice error={history.error} />}
      {history.data && spans.length === 0 && <p className="muted small">{say('camera.noHistory')}</p>}
      <ol className="history small">
        {spans.slice(0, isAll ? undefined : shownFirst).map(({ change, durationMs, flaps }) => (
          <li key={`${change.time}-${change.stream}-${change.status}`}>
            <CameraStatusMark status={change.status} />
            <time className="muted">{formatTime(change.time)}</time>
            <span className="history-length">
              {durationMs === undefined ? say('camera.stillNow') : formatDuration(durationMs)}
            </span>
            {(change.stream === 'sub' || flaps > 1) && (
              <div className="history-why muted">
                {[
                  change.stream === 'sub' ? say('camera.subStream') : '',
                  flaps > 1 ? say('camera.manyChanges', { count: flaps }) : '',
                ]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </div>
            )}
            {change.reason ? (
              <div className="history-why">{pick(change.reason)}</div>
            ) : (
              change.errorCode && <code className="history-why muted">{change.errorCode}</code>
            )}
          </li>
        ))}
      </ol>
      {!isAll && spans.length > shownFirst && (
        <button type="button" className="button quiet small-button" onClick={() => setAll(true)}>
          {say('camera.historyAll', { count: spans.length })}
        </button>
      )}
    </section>
  );
}

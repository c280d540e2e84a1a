import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Camera, CameraStateChange } from '#api/contract/cameras.ts';
import { useStill } from '../player/use-still.ts';
import { getJson } from '../shared/api-client.ts';
import { CameraStatusMark } from '../shared/camera-status.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useMay } from '../shared/queries.ts';

interface CameraDetailProps {
  readonly camera: Camera;
  onEdit: () => void;
  onRemove: () => void;
  onClose: () => void;
}

export function CameraDetail({ camera, onEdit, onRemove, onClose }: CameraDetailProps) {
  const { say, pick } = useText();
  const mayManage = useMay('camera.manage');
  const still = useStill(camera.id, true);
  const history = useQuery({
    queryKey: ['camera-history', camera.id, camera.state.since],
    queryFn: ({ signal }) => getJson<CameraStateChange[]>(`/api/cameras/${camera.id}/history`, signal),
  });
  const { reason, nextRetry } = camera.state;
  return (
    <aside className="camera-detail" aria-label={camera.name} data-testid="camera-detail">
      <header className="camera-detail-head">
        <div>
          <h2>{camera.name}</h2>
          <div className="muted small">
            {[camera.number, camera.area, say(`camera.scene.${camera.scene}`)]
              .filter((part) => part !== '')
              .join(' · ')}
          </div>
        </div>
        <button type="button" className="button quiet icon" aria-label={say('common.close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div className="camera-detail-picture">
        {still ? <img src={still.url} alt="" /> : <span className="muted small">{say('common.noPicture')}</span>}
        {still?.timeMs !== undefined && <time>{formatTime(still.timeMs)}</time>}
      </div>
      <div className={reason ? 'notice bad' : 'notice'}>
        <div>
          <CameraStatusMark status={camera.state.status} />{' '}
          <span className="muted small">{say('common.since', { time: formatTime(camera.state.since) })}</span>
          {reason && <div>{pick(reason)}</div>}
          {reason && <div className="muted">{pick({ zh: reason.remedyZh, en: reason.remedyEn })}</div>}
          {nextRetry && <div className="muted">{say('camera.nextRetry', { time: formatTime(nextRetry) })}</div>}
          {camera.state.errorCode && <div className="code">{say('common.code', { code: camera.state.errorCode })}</div>}
        </div>
      </div>
      <div className="camera-detail-actions">
        <Link className="button" to={`/wall?layout=1&tiles=${camera.id}`}>
          <Icon name="live" size={17} />
          {say('camera.openWall')}
        </Link>
        <Link className="button" to={`/playback?camera=${camera.id}`}>
          <Icon name="playback" size={17} />
          {say('camera.openPlayback')}
        </Link>
        {mayManage && (
          <>
            <button type="button" className="button" onClick={onEdit}>
              <Icon name="edit" size={17} />
              {say('common.edit')}
            </button>
            <button type="button" className="button danger" onClick={onRemove}>
              <Icon name="trash" size={17} />
              {say('common.remove')}
            </button>
          </>
        )}
      </div>
      <h3>{say('camera.source')}</h3>
      <code className="camera-url small">{camera.url}</code>
      <h3>{say('camera.history')}</h3>
      {history.isError && <ErrorNotice error={history.error} />}
      {history.data?.length === 0 && <p className="muted small">{say('camera.noHistory')}</p>}
      <ol className="history small">
        {history.data?.map((change) => (
          <li key={`${change.time}-${change.stream}-${change.status}`}>
            <time className="muted">{formatTime(change.time)}</time>
            <CameraStatusMark status={change.status} />
            {change.stream === 'sub' && <span className="muted">{say('camera.subStream')}</span>}
            {change.changes > 1 && (
              <span className="muted">{say('camera.manyChanges', { count: String(change.changes) })}</span>
            )}
            {change.errorCode && <code className="muted">{change.errorCode}</code>}
          </li>
        ))}
      </ol>
    </aside>
  );
}

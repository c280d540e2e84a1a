import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Camera } from '#api/contract/cameras.ts';
import { sendJson } from '../../shared/api-client.ts';
import { CameraStatusMark } from '../../shared/camera-status.tsx';
import { formatDuration, formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { useMay } from '../../shared/queries.ts';
import { showToast, useProblemToast } from '../../shared/toast.tsx';
import { useNow } from '../../shared/use-now.ts';
import type { RecordingDefaults } from '../list/camera-list.ts';
import { CameraFacts } from './camera-facts.tsx';
import { CameraPicture } from './camera-picture.tsx';
import { DayCounts } from './day-counts.tsx';
import { DayRecording } from './day-recording.tsx';
import { ImagingPanel } from './imaging-panel.tsx';
import { PtzPad } from './ptz-pad.tsx';
import { StateHistory } from './state-history.tsx';

interface CameraDetailProps {
  readonly camera: Camera;
  readonly defaults: RecordingDefaults | undefined;
  onEdit: () => void;
  onRemove: () => void;
  onClose: () => void;
}

export function CameraDetail({ camera, defaults, onEdit, onRemove, onClose }: CameraDetailProps) {
  const { say } = useText();
  const mayManage = useMay('camera.manage');
  const maySteer = useMay('camera.control') && camera.onvif !== undefined;
  const maySeeRecordings = useMay('recording.view');
  const isSteered = maySteer && camera.onvif?.hasPtz === true && camera.state.status === 'live';
  const onError = useProblemToast();
  const synchronize = useMutation({
    mutationFn: () => sendJson('POST', `/api/cameras/${camera.id}/synchronize`),
    onSuccess: () => showToast(say('camera.keyFrameAsked', { name: camera.name })),
    onError,
  });
  return (
    <aside className="camera-detail" aria-label={camera.name} data-testid="camera-detail">
      <header className="camera-detail-head">
        <div className="camera-detail-name">
          <h2 className="one-line" title={camera.name}>
            {camera.name}
          </h2>
          <div className="muted small one-line">
            {[camera.number, camera.area, say(`camera.scene.${camera.scene}`)]
              .filter((part) => part !== '')
              .join(' · ')}
          </div>
        </div>
        <button type="button" className="button quiet icon" aria-label={say('common.close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <CameraPicture camera={camera} isLiveWanted={isSteered} />
      <StateNow camera={camera} />
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
          <button type="button" className="button" data-testid="camera-edit" onClick={onEdit}>
            <Icon name="edit" size={17} />
            {say('common.edit')}
          </button>
        )}
        {mayManage && (
          <Link className="button" data-testid="camera-rules" to={`/cameras/${camera.id}/rules`}>
            <Icon name="boxes" size={17} />
            {say('rules.open')}
          </Link>
        )}
        {mayManage && camera.scene === 'kitchen' && (
          <Link className="button" data-testid="camera-kitchen" to={`/kitchens/${camera.id}/setup`}>
            <Icon name="kitchens" size={17} />
            {say('setup.open')}
          </Link>
        )}
        {maySteer && camera.state.status === 'live' && (
          <button
            type="button"
            className="button"
            title={say('camera.keyFrameWhat')}
            disabled={synchronize.isPending}
            onClick={() => synchronize.mutate()}
          >
            <Icon name="refresh" size={17} />
            {say('camera.keyFrame')}
          </button>
        )}
        {mayManage && (
          <button type="button" className="button danger" onClick={onRemove}>
            <Icon name="trash" size={17} />
            {say('common.remove')}
          </button>
        )}
      </div>
      {isSteered && (
        <section>
          <h3>{say('ptz.title')}</h3>
          <PtzPad key={camera.id} cameraId={camera.id} />
        </section>
      )}
      {(maySteer || (mayManage && camera.onvif)) && <ImagingPanel key={camera.id} cameraId={camera.id} />}
      <DayCounts camera={camera} />
      {maySeeRecordings && <DayRecording camera={camera} defaults={defaults} />}
      <CameraFacts camera={camera} />
      <StateHistory camera={camera} />
    </aside>
  );
}

/** The state, what it means and what to do. */
function StateNow({ camera: { state } }: { camera: Camera }) {
  const { say, pick } = useText();
  const nowMs = useNow(1000);
  const { reason, nextRetry } = state;
  return (
    <div className={reason ? 'notice bad' : 'notice'}>
      <div className="state-now">
        <CameraStatusMark status={state.status} />{' '}
        <span className="muted small">
          {say('camera.sinceFor', {
            time: formatTime(state.since),
            duration: formatDuration(nowMs - new Date(state.since).getTime()),
          })}
        </span>
        {reason && <div>{pick(reason)}</div>}
        {reason && <div className="muted">{pick({ zh: reason.remedyZh, en: reason.remedyEn })}</div>}
        {nextRetry && <div className="muted">{say('camera.nextRetry', { time: formatTime(nextRetry) })}</div>}
        {state.errorCode && <div className="code">{say('common.code', { code: state.errorCode })}</div>}
      </div>
    </div>
  );
}

import type { Camera } from '#api/contract/cameras.ts';
import { CameraStatusMark } from '../../shared/camera-status.tsx';
import { formatBitrate, formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { codecName, soundName } from '../codec-name.ts';
import { formatHours } from '../edit/recording-form.ts';
import type { RecordingDefaults } from './camera-list.ts';
import { RowPicture } from './row-picture.tsx';
import type { Column } from './table-settings.ts';

/** Below this a camera is well; above, its pictures suffer. */
const lossWorthAWord = 0.005;

interface CameraCellProps {
  readonly column: Column;
  readonly camera: Camera;
  readonly defaults: RecordingDefaults | undefined;
  readonly isResting: boolean;
  /** Else the area stands beneath the name. */
  readonly isAreaShown: boolean;
  onOpen: (cameraId: string) => void;
}

export function CameraCell(props: CameraCellProps) {
  const { column, camera } = props;
  const { state } = camera;
  const isFlowing = state.status === 'live';
  switch (column) {
    case 'picture':
      return <RowPicture camera={camera} isResting={props.isResting} />;
    case 'name': {
      const below = [camera.number, ...(props.isAreaShown ? [] : [camera.area])].filter((part) => part !== '');
      return (
        <>
          <button
            type="button"
            className="row-name one-line"
            title={camera.name}
            onClick={() => props.onOpen(camera.id)}
          >
            {camera.name}
          </button>
          <div className="muted one-line">{below.join(' · ')}</div>
        </>
      );
    }
    case 'area':
      return <div className="one-line">{camera.area}</div>;
    case 'state':
      return <StateCell camera={camera} />;
    case 'source':
      return <SourceCell camera={camera} />;
    case 'bitrate':
      return isFlowing && state.bitrateKbps > 0 ? formatBitrate(state.bitrateKbps) : '–';
    case 'fps':
      return isFlowing && state.framesPerSecond > 0 ? state.framesPerSecond.toFixed(0) : '–';
    case 'size':
      return state.widthPx === undefined ? '–' : `${state.widthPx} × ${state.heightPx ?? '?'}`;
    case 'recording':
      return <RecordingCell camera={camera} />;
    case 'retention':
      return <RetentionCell camera={camera} defaults={props.defaults} />;
    case 'health':
      return <HealthCell camera={camera} />;
  }
}

function StateCell({ camera: { state } }: { camera: Camera }) {
  const { say, pick } = useText();
  const reason = state.reason && pick(state.reason);
  return (
    <>
      <div className="state-line">
        <CameraStatusMark status={state.status} />
        {state.status !== 'live' && (
          <span className="muted one-line">{say('common.since', { time: formatTime(state.since) })}</span>
        )}
      </div>
      {reason && (
        <div className="one-line small" title={reason}>
          {reason}
        </div>
      )}
    </>
  );
}

function SourceCell({ camera: { state, transport = 'auto' } }: { camera: Camera }) {
  const { say } = useText();
  const codec = codecName(state.codec);
  return (
    <>
      <div>{codec === '' ? '–' : [codec, soundName(state.sound)].filter((part) => part !== '').join(' · ')}</div>
      <div className="muted">
        {state.transport
          ? say(`transport.${state.transport}`)
          : transport === 'auto'
            ? ''
            : say(`transport.${transport}`)}
      </div>
    </>
  );
}

function RecordingCell({ camera: { recording, recordingSince } }: { camera: Camera }) {
  const { say } = useText();
  return (
    <>
      <div className={recording.mode === 'off' ? 'muted' : ''}>{say(`recording.${recording.mode}`)}</div>
      {recordingSince && (
        <div className="muted one-line">{say('camera.recordingSince', { time: formatTime(recordingSince) })}</div>
      )}
    </>
  );
}

function RetentionCell({ camera, defaults }: { camera: Camera; defaults: RecordingDefaults | undefined }) {
  const { say } = useText();
  const own = camera.recording.retentionHours;
  const hours = own ?? defaults?.retentionHours;
  if (hours === undefined || (camera.recording.mode === 'off' && !camera.recordingSince)) return '–';
  return (
    <>
      {formatHours(hours, say)}
      {own === undefined && <div className="muted">{say('camera.byDefault')}</div>}
    </>
  );
}

function HealthCell({ camera: { state } }: { camera: Camera }) {
  const { say } = useText();
  if (state.status !== 'live') return '–';
  if (state.lossRatio >= lossWorthAWord)
    return (
      <span className="health warn">
        <Icon name="warning" size={15} />
        {say('camera.loss', { percent: (state.lossRatio * 100).toFixed(1) })}
      </span>
    );
  return <span className="muted">{say('camera.noLoss')}</span>;
}

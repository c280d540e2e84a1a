import type { Camera } from '#api/contract/cameras.ts';
import { CameraStatusMark } from '../shared/camera-status.tsx';
import { formatBitrate, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';

/** Rows beyond the window cost nothing: the browser skips them (content-visibility). */
export function CameraTable(props: {
  cameras: readonly Camera[];
  opened: string | undefined;
  onOpen: (cameraId: string) => void;
}) {
  const { say, pick } = useText();
  return (
    <table className="table cameras-table">
      <thead>
        <tr>
          <th>{say('camera.picture')}</th>
          <th>{say('camera.name')}</th>
          <th>{say('camera.state')}</th>
          <th className="number">{say('camera.bitrate')}</th>
          <th className="number">{say('camera.fps')}</th>
          <th className="number">{say('camera.size')}</th>
          <th>{say('camera.recording')}</th>
        </tr>
      </thead>
      <tbody>
        {props.cameras.map((camera) => {
          const { state } = camera;
          const isFlowing = state.status === 'live';
          return (
            <tr
              key={camera.id}
              aria-selected={camera.id === props.opened}
              data-testid="camera-row"
              data-camera={camera.id}
              data-status={state.status}
              onClick={() => props.onOpen(camera.id)}
            >
              <td>
                <span className="camera-still">
                  <img
                    src={`/api/cameras/${camera.id}/still.jpg`}
                    alt=""
                    loading="lazy"
                    onError={(event) => (event.currentTarget.hidden = true)}
                  />
                </span>
              </td>
              <td>
                <button type="button" className="row-name" onClick={() => props.onOpen(camera.id)}>
                  {camera.name}
                </button>
                <div className="muted">{[camera.number, camera.area].filter((part) => part !== '').join(' · ')}</div>
              </td>
              <td>
                <CameraStatusMark status={state.status} />
                {state.status !== 'live' && (
                  <div className="muted">{say('common.since', { time: formatTime(state.since) })}</div>
                )}
                {state.reason && <div className="camera-reason">{pick(state.reason)}</div>}
                {isFlowing && state.lossRatio >= 0.005 && (
                  <div className="camera-reason">
                    {say('camera.loss', { percent: (state.lossRatio * 100).toFixed(1) })}
                  </div>
                )}
              </td>
              <td className="number">{isFlowing ? formatBitrate(state.bitrateKbps) : '–'}</td>
              <td className="number">{isFlowing ? `${state.framesPerSecond.toFixed(0)} fps` : '–'}</td>
              <td className="number">
                {state.widthPx === undefined ? '–' : `${state.widthPx} × ${state.heightPx ?? '?'}`}
                {state.codec && <div className="muted">{state.codec}</div>}
              </td>
              <td>
                {camera.recording.mode === 'off' && <span className="muted">{say('camera.notRecording')}</span>}
                {camera.recording.mode !== 'off' &&
                  camera.recordingSince &&
                  say('camera.recordingSince', { time: formatTime(camera.recordingSince) })}
                {camera.recording.mode !== 'off' && !camera.recordingSince && '–'}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

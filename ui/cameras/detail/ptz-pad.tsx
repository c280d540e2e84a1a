import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { sendJson } from '../../shared/api-client.ts';
import { type TextKey, useText } from '../../shared/i18n.ts';
import { Icon, type IconName } from '../../shared/icon.tsx';
import { useProblemToast } from '../../shared/toast.tsx';
import { PtzHolder } from './ptz-holder.tsx';
import { PtzPresets } from './ptz-presets.tsx';
import { type Direction, directionOf, PtzSteering, steersByKey, still } from './ptz-steering.ts';

const speeds = [0.25, 0.5, 1] as const;

interface PadButton {
  readonly key: TextKey;
  readonly icon: IconName;
  readonly direction: Direction;
  readonly place: string;
}
const buttons: readonly PadButton[] = [
  { key: 'ptz.up', icon: 'up', direction: { ...still, tilt: 1 }, place: 'ptz-up' },
  { key: 'ptz.left', icon: 'left', direction: { ...still, pan: -1 }, place: 'ptz-left' },
  { key: 'ptz.right', icon: 'right', direction: { ...still, pan: 1 }, place: 'ptz-right' },
  { key: 'ptz.down', icon: 'down', direction: { ...still, tilt: -1 }, place: 'ptz-down' },
  { key: 'ptz.zoomIn', icon: 'plus', direction: { ...still, zoom: 1 }, place: 'ptz-in' },
  { key: 'ptz.zoomOut', icon: 'minus', direction: { ...still, zoom: -1 }, place: 'ptz-out' },
];

/** Hold to move, let go to stop; arrow keys and + − do the same while the pad has the focus. */
export function PtzPad({ cameraId }: { cameraId: string }) {
  const { say } = useText();
  const showProblem = useProblemToast();
  const queries = useQueryClient();
  const problem = useRef(showProblem);
  problem.current = (error) => {
    showProblem(error);
    void queries.invalidateQueries({ queryKey: ['ptz-lock', cameraId] });
  };
  const [speed, setSpeed] = useState<number>(0.5);
  const [steering] = useState(
    () =>
      new PtzSteering(
        (command) => sendJson('POST', `/api/cameras/${cameraId}/ptz`, command),
        (error) => problem.current(error),
      ),
  );
  const held = useRef(new Set<string>());
  const letGo = useRef(() => {
    held.current.clear();
    steering.release();
  });
  // A camera must not go on turning because its page lost the key or the pointer.
  useEffect(() => {
    const release = letGo.current;
    window.addEventListener('blur', release);
    document.addEventListener('visibilitychange', release);
    return () => {
      window.removeEventListener('blur', release);
      document.removeEventListener('visibilitychange', release);
      steering.close();
    };
  }, [steering]);
  const followKeys = () => steering.hold(directionOf(held.current), speed);
  const onKey = (event: KeyboardEvent) => {
    // In a field they are letters and steps of the cursor.
    if (!steersByKey(event.key) || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    if (event.repeat) return;
    if (event.type === 'keydown') held.current.add(event.key);
    else held.current.delete(event.key);
    followKeys();
  };
  return (
    <div
      className="ptz"
      data-testid="ptz"
      onKeyDown={onKey}
      onKeyUp={onKey}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) letGo.current();
      }}
    >
      <div className="ptz-pad" role="group" aria-label={say('ptz.title')}>
        {buttons.map(({ key, icon, direction, place }) => (
          <button
            key={key}
            type="button"
            className={`button icon ${place}`}
            aria-label={say(key)}
            title={say(key)}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              steering.hold(direction, speed);
            }}
            onPointerUp={letGo.current}
            onPointerCancel={letGo.current}
            onLostPointerCapture={letGo.current}
            onContextMenu={(event) => event.preventDefault()}
          >
            <Icon name={icon} size={18} />
          </button>
        ))}
        <span className="ptz-middle muted small" aria-hidden="true">
          {Math.round(speed * 100)} %
        </span>
      </div>
      <div className="ptz-side">
        <PtzHolder cameraId={cameraId} />
        <div className="segmented" role="group" aria-label={say('ptz.speed')}>
          {speeds.map((one) => (
            <button key={one} type="button" aria-pressed={one === speed} onClick={() => setSpeed(one)}>
              {say(one === 0.25 ? 'ptz.slow' : one === 0.5 ? 'ptz.medium' : 'ptz.fast')}
            </button>
          ))}
        </div>
        <PtzPresets cameraId={cameraId} />
        <p className="muted small">{say('ptz.hint')}</p>
      </div>
    </div>
  );
}

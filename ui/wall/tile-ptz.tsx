import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { PtzHolder } from '../cameras/detail/ptz-holder.tsx';
import { directionOf, PtzSteering, steersByKey, still } from '../cameras/detail/ptz-steering.ts';
import { sendJson } from '../shared/api-client.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useProblemToast } from '../shared/toast.tsx';

const keySpeed = 0.5;
/** A hand rests a little off the middle. */
const restShare = 0.12;

/** A stick on the picture: the farther from its middle, the faster; arrow keys and + − steer too, as long as it is open. */
export function TilePtz({ cameraId, onClose }: { cameraId: string; onClose: () => void }) {
  const { say } = useText();
  const showProblem = useProblemToast();
  const problem = useRef(showProblem);
  problem.current = showProblem;
  const [knob, setKnob] = useState({ x: 0, y: 0 });
  const [steering] = useState(
    () =>
      new PtzSteering(
        (command) => sendJson('POST', `/api/cameras/${cameraId}/ptz`, command),
        (error) => problem.current(error),
      ),
  );
  const panel = useRef<HTMLDivElement>(null);
  const held = useRef(new Set<string>());
  const letGo = useRef(() => {
    held.current.clear();
    setKnob({ x: 0, y: 0 });
    steering.release();
  });
  // A camera must not go on turning because its page lost the key or the pointer.
  useEffect(() => {
    const release = letGo.current;
    panel.current?.focus();
    window.addEventListener('blur', release);
    document.addEventListener('visibilitychange', release);
    return () => {
      window.removeEventListener('blur', release);
      document.removeEventListener('visibilitychange', release);
      steering.close();
    };
  }, [steering]);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && event.type === 'keydown') {
      event.preventDefault();
      onClose();
      return;
    }
    if (!steersByKey(event.key)) return;
    event.preventDefault();
    if (event.repeat) return;
    if (event.type === 'keydown') held.current.add(event.key);
    else held.current.delete(event.key);
    steering.hold(directionOf(held.current), keySpeed);
  };
  const onStick = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 - 1;
    const y = ((event.clientY - box.top) / box.height) * 2 - 1;
    const length = Math.max(1, Math.hypot(x, y));
    const at = { x: x / length, y: y / length };
    setKnob(at);
    if (Math.hypot(at.x, at.y) < restShare) steering.release();
    else steering.hold({ pan: at.x, tilt: -at.y, zoom: 0 }, 1);
  };
  const zoomButton = (zoom: 1 | -1) => (
    <button
      type="button"
      className="tile-button"
      aria-label={say(zoom > 0 ? 'ptz.zoomIn' : 'ptz.zoomOut')}
      title={say(zoom > 0 ? 'ptz.zoomIn' : 'ptz.zoomOut')}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        steering.hold({ ...still, zoom }, keySpeed);
      }}
      onPointerUp={letGo.current}
      onLostPointerCapture={letGo.current}
    >
      <Icon name={zoom > 0 ? 'plus' : 'minus'} size={17} />
    </button>
  );
  return (
    <div
      ref={panel}
      className="tile-ptz"
      role="group"
      tabIndex={-1}
      aria-label={say('ptz.title')}
      data-testid="tile-ptz"
      onKeyDown={onKey}
      onKeyUp={onKey}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) letGo.current();
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <PtzHolder cameraId={cameraId} />
      <div
        className="ptz-stick"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          onStick(event);
        }}
        onPointerMove={onStick}
        onPointerUp={letGo.current}
        onLostPointerCapture={letGo.current}
      >
        <span style={{ transform: `translate(${knob.x * 30}px, ${knob.y * 30}px)` }} />
      </div>
      <div className="tile-ptz-zoom">
        {zoomButton(1)}
        {zoomButton(-1)}
        <button
          type="button"
          className="tile-button"
          aria-label={say('tile.endPtz')}
          title={say('tile.endPtz')}
          onClick={onClose}
        >
          <Icon name="close" size={17} />
        </button>
      </div>
    </div>
  );
}

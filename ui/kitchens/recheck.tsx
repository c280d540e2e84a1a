import { useState } from 'react';
import type { Violation } from '#api/contract/kitchen.ts';
import { formatTime } from '../shared/format.ts';
import { FramedPicture } from '../shared/framed-picture.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { serverNow } from '../shared/server-clock.ts';

/** The kitchen now, with the frame where the violation was; what is seen is written down, the picture is not kept. */
export function Recheck(props: {
  violation: Violation;
  isPending: boolean;
  onResult: (result: 'clear' | 'still_there') => void;
}) {
  const { say } = useText();
  const [takenMs, setTakenMs] = useState<number>();
  const { violation } = props;
  const answer = (result: 'clear' | 'still_there'): void => {
    props.onResult(result);
    setTakenMs(undefined);
  };
  if (takenMs === undefined)
    return (
      <button type="button" className="button" data-testid="recheck" onClick={() => setTakenMs(serverNow())}>
        <Icon name="refresh" size={18} />
        {say('remedy.recheck')}
      </button>
    );
  return (
    <div className="panel recheck">
      <div className="violation-picture">
        <FramedPicture
          url={`/api/cameras/${violation.cameraId}/still.jpg?at=${takenMs}`}
          box={violation.box}
          alt={say('remedy.now', { time: formatTime(takenMs) })}
        />
      </div>
      <div className="answers">
        <span className="small muted">{say('remedy.now', { time: formatTime(takenMs) })}</span>
        <button
          type="button"
          className="button"
          data-testid="recheck-clear"
          disabled={props.isPending}
          onClick={() => answer('clear')}
        >
          <Icon name="check" size={18} />
          {say('remedy.clear')}
        </button>
        <button type="button" className="button" disabled={props.isPending} onClick={() => answer('still_there')}>
          <Icon name="warning" size={18} />
          {say('remedy.stillThere')}
        </button>
      </div>
    </div>
  );
}

import type { Camera } from '#api/contract/cameras.ts';
import { formatClock, formatDuration, formatStopwatch, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { useNow } from '../shared/use-now.ts';
import type { TileState } from './tile-state.ts';

/** Over a picture that is not live: what is wrong, since when, why, and when it is tried again. */
export function TileVeil(props: {
  camera: Camera;
  state: TileState;
  frozenMs: number;
  /** Packets come, but always the same picture; else none has come. */
  isSame: boolean;
  /** Of the last try that failed. */
  failureCode: string | undefined;
  /** When the picture underneath was taken, epoch ms. */
  pictureMs: number | undefined;
}) {
  const { camera, state, frozenMs, pictureMs } = props;
  const { say, pick } = useText();
  const now = useNow(1000);
  const { reason, since, nextRetry } = camera.state;
  // What stands there is a picture of then, however real it looks.
  const age = pictureMs !== undefined && (
    <span className="tile-age">{`${formatClock(pictureMs)} · ${say('tile.stillAge', { age: formatDuration(now - pictureMs) })}`}</span>
  );
  if (state === 'frozen') {
    return (
      <div className="tile-veil">
        <strong>{`${say('tile.frozen')} ${formatStopwatch(frozenMs)}`}</strong>
        <span className="tile-remedy">{say(props.isSame ? 'tile.frozenWhy' : 'tile.silentWhy')}</span>
        {age}
      </div>
    );
  }
  if (state === 'unplayable' && props.failureCode === 'LIVE_TRANSCODING_BUSY') {
    return (
      <div className="tile-veil">
        <strong>{say('tile.noSlot')}</strong>
        <span className="tile-reason">{say('tile.noSlotWhy')}</span>
        <span className="tile-remedy">{say('tile.noSlotRemedy')}</span>
        <span className="muted tile-remedy">{say('common.code', { code: props.failureCode })}</span>
        {age}
      </div>
    );
  }
  if (state === 'unplayable') {
    return (
      <div className="tile-veil">
        <strong>{say('tile.unplayable')}</strong>
        <span className="tile-reason">{say('tile.unplayableWhy', { codec: camera.state.codec ?? '' })}</span>
        <span className="tile-remedy">{say('tile.unplayableRemedy')}</span>
        <span className="muted tile-remedy">{say('common.code', { code: 'UI_LIVE_CODEC_UNSUPPORTED' })}</span>
      </div>
    );
  }
  if (state === 'live' || state === 'delayed' || state === 'connecting') return null;
  const waitMs = nextRetry === undefined ? 0 : new Date(nextRetry).getTime() - now;
  const isToday = formatTime(since).slice(0, 10) === formatTime(now).slice(0, 10);
  return (
    <div className="tile-veil">
      <strong>
        {say('tile.since', { state: say(`status.${state}`), time: isToday ? formatClock(since) : formatTime(since) })}
      </strong>
      {reason && <span className="tile-reason">{pick(reason)}</span>}
      {reason && <span className="tile-remedy">{pick({ zh: reason.remedyZh, en: reason.remedyEn })}</span>}
      {waitMs > 0 && <span className="muted tile-retry">{say('tile.nextRetry', { age: formatDuration(waitMs) })}</span>}
      {age}
    </div>
  );
}

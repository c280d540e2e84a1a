import { formatStopwatch } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import type { TileState } from './tile-state.ts';

const tones: Record<TileState, 'ok' | 'warn' | 'bad' | 'idle'> = {
  live: 'ok',
  delayed: 'warn',
  connecting: 'idle',
  frozen: 'bad',
  stalled: 'warn',
  offline: 'bad',
  rejected: 'bad',
  unsupported: 'bad',
  unplayable: 'warn',
  disabled: 'idle',
};

/** The word and the figure: '● 实时 0.3 s'. */
export function TileFigure(props: {
  state: TileState;
  isBack: boolean;
  latencyMs: number | undefined;
  frozenMs: number;
}) {
  const { say } = useText();
  const { state } = props;
  if (props.isBack) {
    return (
      <span className="state tile-figure">
        <span className="state-dot warn" />
        {say('tile.lookBack')}
      </span>
    );
  }
  const isTile =
    state === 'live' || state === 'delayed' || state === 'connecting' || state === 'frozen' || state === 'unplayable';
  const word = isTile ? say(`tile.${state}`) : say(`status.${state}`);
  const latency = props.latencyMs === undefined ? '' : ` ${(props.latencyMs / 1000).toFixed(1)} s`;
  const figure =
    state === 'live' || state === 'delayed' ? latency : state === 'frozen' ? ` ${formatStopwatch(props.frozenMs)}` : '';
  return (
    <span className={`state tile-figure ${tones[state]}`}>
      <span className={`state-dot ${tones[state]}`} />
      {word}
      {figure}
    </span>
  );
}

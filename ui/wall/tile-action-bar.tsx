import { memo } from 'react';
import { Link } from 'react-router';
import { type TextKey, useText } from '../shared/i18n.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import type { TileActions, TileMode } from './tile-actions.ts';

interface TileActionBarProps {
  readonly cameraId: string;
  readonly mode: TileMode;
  readonly actions: TileActions;
  readonly hasBoxes: boolean;
  readonly hasPtz: boolean;
  readonly isFull: boolean;
  readonly mayLookBack: boolean;
  readonly maySteer: boolean;
}

/** The buttons of a tile, seen under the pointer. Not drawn anew with each figure that the tile shows. */
export const TileActionBar = memo(function TileActionBar(props: TileActionBarProps) {
  const { cameraId, mode, actions, hasBoxes, hasPtz, isFull, mayLookBack, maySteer } = props;
  const { say } = useText();
  const isBack = mode.kind === 'back';
  return (
    <div className="tile-actions" onDoubleClick={(event) => event.stopPropagation()}>
      {mayLookBack && <TileButton icon="back10" label="tile.back10" onClick={() => actions.lookBack(10_000)} />}
      {mayLookBack && <TileButton icon="back60" label="tile.back60" onClick={() => actions.lookBack(60_000)} />}
      {isBack && <TileButton icon="live" label="tile.toLive" onClick={actions.toLive} />}
      <TileButton icon="snapshot" label="tile.snapshot" isMinor onClick={actions.snapshot} />
      {mayLookBack && <TileButton icon="bookmark" label="tile.bookmark" isMinor onClick={actions.bookmark} />}
      {maySteer && <TileButton icon="steer" label="tile.ptz" isMinor isPressed={hasPtz} onClick={actions.togglePtz} />}
      <TileButton icon="boxes" label="tile.boxes" isMinor isPressed={hasBoxes} onClick={actions.toggleBoxes} />
      {mayLookBack && (
        <Link
          className="tile-button minor"
          to={`/playback?camera=${cameraId}${isBack ? `&time=${new Date(mode.fromMs).toISOString()}` : ''}`}
          aria-label={say('tile.openPlayback')}
          title={say('tile.openPlayback')}
        >
          <Icon name="playback" size={17} />
        </Link>
      )}
      <TileButton icon="expand" label="tile.full" isPressed={isFull} onClick={actions.toggleFull} />
      <TileButton icon="close" label="tile.clear" onClick={actions.clear} />
    </div>
  );
});

function TileButton(props: {
  icon: IconName;
  label: TextKey;
  isPressed?: boolean;
  /** Left away where the tile is small; its key works all the same. */
  isMinor?: boolean;
  onClick: () => void;
}) {
  const { say } = useText();
  return (
    <button
      type="button"
      className={`tile-button${props.isMinor ? ' minor' : ''}`}
      aria-label={say(props.label)}
      aria-pressed={props.isPressed}
      title={say(props.label)}
      onClick={props.onClick}
    >
      <Icon name={props.icon} size={17} />
    </button>
  );
}

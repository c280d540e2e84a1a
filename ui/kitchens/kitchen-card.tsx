import { Link } from 'react-router';
import type { Kitchen } from '#api/contract/kitchen.ts';
import { formatTime } from '../shared/format.ts';
import { FramedPicture } from '../shared/framed-picture.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';
import { useMay } from '../shared/queries.ts';

/** One kitchen: its worst open finding with the picture that shows it. */
export function KitchenCard({
  kitchen,
  isChosen,
  onOpen,
}: {
  kitchen: Kitchen;
  isChosen: boolean;
  onOpen: () => void;
}) {
  const { say } = useText();
  const { worst } = kitchen;
  const isOffline = kitchen.status !== 'live';
  const mayManage = useMay('camera.manage');
  return (
    <div className="kitchen-place">
      <button
        type="button"
        className={`kitchen${isChosen ? ' chosen' : ''}`}
        data-testid="kitchen-card"
        data-camera={kitchen.cameraId}
        aria-pressed={isChosen}
        onClick={onOpen}
      >
        <span className="kitchen-picture">
          <FramedPicture
            url={worst?.pictureUrl ?? `/api/cameras/${kitchen.cameraId}/still.jpg`}
            {...(worst ? { box: worst.box } : {})}
            alt=""
            tone="bad"
            fit="cover"
          />
          {isOffline && (
            <span className="kitchen-offline">
              <span className="state-dot bad" />
              {say('status.offline')}
            </span>
          )}
        </span>
        <span className="kitchen-text">
          <span className="kitchen-first">
            <strong className="one-line">{kitchen.name}</strong>
            <span
              className={`score ${kitchen.score < 60 ? 'bad' : kitchen.score < 80 ? 'warn' : 'ok'}`}
              title={say('kitchens.scoreDetail')}
            >
              {say('kitchens.score', { score: kitchen.score })}
            </span>
          </span>
          <span className="muted small one-line">{`${kitchen.district} · ${say('kitchens.last30', { count: kitchen.last30Days })}`}</span>
          {worst ? (
            <span className="kitchen-worst small">
              <Icon name="warning" size={15} />
              <span className="one-line">
                <ItemName code={worst.item} />
              </span>
              <span className="muted">{formatTime(worst.since)}</span>
            </span>
          ) : (
            <span className="kitchen-clear small">
              <Icon name="check" size={15} />
              {say('kitchens.clear')}
            </span>
          )}
          {kitchen.unreviewed + kitchen.open > 0 && (
            <span className="muted small">
              {`${say('kitchens.unreviewedCount', { count: kitchen.unreviewed })} · ${say('kitchens.openCount', { count: kitchen.open })}`}
            </span>
          )}
        </span>
      </button>
      {mayManage && (
        <Link
          className="button small-button kitchen-setup"
          data-testid="kitchen-setup"
          aria-label={say('setup.openOf', { name: kitchen.name })}
          title={say('setup.openOf', { name: kitchen.name })}
          to={`/kitchens/${kitchen.cameraId}/setup`}
        >
          <Icon name="edit" size={15} />
          {say('setup.title')}
        </Link>
      )}
    </div>
  );
}

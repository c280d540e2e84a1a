import { Link } from 'react-router';
import type { Case, CaseItem } from '#api/contract/cases.ts';
import { attributeText } from '../investigate/results/attributes.tsx';
import { formatTime } from '../shared/format.ts';
import { FramedPicture } from '../shared/framed-picture.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';
import { purposeOfCase } from './case-queries.ts';

/** The address of a pass in the search of its case. */
function passAddress(one: Case, item: CaseItem): string | undefined {
  const { sighting } = item;
  if (!sighting || one.status === 'closed') return undefined;
  const timeMs = Date.parse(sighting.time);
  const parameters = new URLSearchParams({
    case: one.id,
    purpose: purposeOfCase(one),
    from: new Date(timeMs - 12 * 3_600_000).toISOString(),
    to: new Date(timeMs + 12 * 3_600_000).toISOString(),
    ...(sighting.plate ? { plate: sighting.plate.text } : {}),
    pass: sighting.sightingId,
  });
  return `/investigate?${parameters.toString()}`;
}

/** A pass as it was when it was kept, or a note. */
export function ItemCard(props: {
  item: CaseItem;
  one: Case;
  isHighlighted: boolean;
  onHover: () => void;
  onRemove?: () => void;
}) {
  const { say } = useText();
  const { item, one } = props;
  const { sighting } = item;
  const address = passAddress(one, item);
  return (
    <li
      className={`panel case-item ${item.kind}${props.isHighlighted ? ' highlighted' : ''}`}
      data-testid="case-item"
      data-item={sighting?.sightingId}
      onPointerEnter={props.onHover}
    >
      {sighting && (
        <div className="case-item-picture">
          <FramedPicture url={sighting.pictureUrl} box={sighting.box} alt={say('pass.picture')} fit="cover" />
        </div>
      )}
      <div className="case-item-text">
        {sighting && (
          <>
            <span className="case-item-first">
              {sighting.plate ? (
                <PlateChip plate={sighting.plate} />
              ) : (
                <span className="muted">{say('plate.none')}</span>
              )}
              <time>{formatTime(sighting.time)}</time>
            </span>
            <span className="muted small one-line">{`${sighting.cameraName} · ${attributeText(say, sighting)}`}</span>
          </>
        )}
        {item.kind === 'sighting' && !sighting && <span className="muted">{say('case.itemGone')}</span>}
        {item.note !== undefined && <p className="case-item-note">{item.note}</p>}
        <span className="muted small">{say('case.added', { name: item.addedBy, time: formatTime(item.addedAt) })}</span>
      </div>
      <div className="case-item-tools">
        {address && (
          <Link
            className="button quiet icon small-button"
            to={address}
            aria-label={say('case.open')}
            title={say('case.open')}
          >
            <Icon name="expand" size={17} />
          </Link>
        )}
        {props.onRemove && (
          <button
            type="button"
            className="button quiet icon small-button"
            aria-label={say('common.remove')}
            title={say('common.remove')}
            onClick={props.onRemove}
          >
            <Icon name="trash" size={17} />
          </button>
        )}
      </div>
    </li>
  );
}

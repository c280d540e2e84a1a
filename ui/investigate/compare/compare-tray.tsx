import type { Sighting } from '#api/contract/sightings.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';

/** What has been put aside to be compared. */
export function CompareTray(props: {
  ids: readonly string[];
  known: ReadonlyMap<string, Sighting>;
  onShow: () => void;
  onClear: () => void;
}) {
  const { say } = useText();
  const { ids, known } = props;
  if (ids.length === 0) return null;
  return (
    <div className="compare-tray" data-testid="compare-tray">
      <div className="compare-tray-pictures">
        {ids.map((id) => {
          const sighting = known.get(id);
          return sighting ? (
            <img key={id} src={sighting.pictureUrl} alt={sighting.plate?.text ?? ''} />
          ) : (
            <span key={id} className="skeleton" />
          );
        })}
      </div>
      <button
        type="button"
        className="button small-button primary"
        data-testid="compare-show"
        disabled={ids.length < 2}
        onClick={props.onShow}
      >
        <Icon name="columns" size={16} />
        {say('compare.show', { count: ids.length })}
      </button>
      <button
        type="button"
        className="button quiet icon small-button"
        aria-label={say('compare.clear')}
        title={say('compare.clear')}
        onClick={props.onClear}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

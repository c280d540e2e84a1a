import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import type { Chip } from '../query/chips.ts';
import type { SearchQuery } from '../query/search-query.ts';
import { chipLabel, chipTitle } from './chip-words.ts';

/** One understood (or not understood) piece of the question; pressing it turns it into text again. */
export function ChipView(props: {
  chip: Chip;
  query: SearchQuery;
  nameOf: (cameraId: string) => string | undefined;
  isPreview?: boolean;
  onEdit?: () => void;
  onRemove?: () => void;
}) {
  const { say } = useText();
  const { chip, query } = props;
  const label = chipLabel(say, chip, query, props.nameOf);
  const title = chipTitle(say, chip, query);
  const isDim = chip.hint !== undefined;
  const body = (
    <>
      {isDim && <Icon name="warning" size={13} />}
      <span className="term-kind">{say(`chip.kind.${chip.kind}`)}</span>
      <span className="term-label">{label}</span>
      {chip.kind === 'place' && chip.count !== undefined && chip.count > 0 && (
        <span className="term-count">{chip.count}</span>
      )}
    </>
  );
  return (
    <span
      className={`term is-${chip.kind}${isDim ? ' dim' : ''}${props.isPreview ? ' preview' : ''}`}
      title={title}
      data-testid={props.isPreview ? 'preview-chip' : 'search-chip'}
      data-kind={chip.kind}
    >
      {props.onEdit ? (
        <button
          type="button"
          className="term-body"
          aria-label={say('chip.edit', { text: label })}
          onClick={props.onEdit}
        >
          {body}
        </button>
      ) : (
        <span className="term-body">{body}</span>
      )}
      {props.onRemove && (
        <button
          type="button"
          className="term-remove"
          aria-label={say('chip.remove', { text: label })}
          onClick={props.onRemove}
        >
          <Icon name="close" size={13} />
        </button>
      )}
    </span>
  );
}

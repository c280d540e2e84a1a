import type { ReactNode } from 'react';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import type { Suggestion } from './suggestions.ts';

/** Under the box: how the words are understood, and what the last one may become. */
export function SuggestionList(props: {
  suggestions: readonly Suggestion[];
  chosen: number;
  reading: ReactNode;
  onPick: (suggestion: Suggestion) => void;
}) {
  const { say } = useText();
  return (
    // A press must not take the focus out of the field before it is a click.
    <div className="menu suggestions" onPointerDown={(event) => event.preventDefault()}>
      <div className="suggestions-reading small">
        <span className="muted">{say('search.reading')}</span>
        {props.reading}
        <kbd className="key">Enter</kbd>
      </div>
      {props.suggestions.length > 0 && (
        <ul id="search-suggestions" role="listbox" aria-label={say('search.suggestions')}>
          {props.suggestions.map((suggestion, index) => (
            <li
              key={keyOf(suggestion)}
              id={`suggestion-${index}`}
              role="option"
              aria-selected={index === props.chosen}
              className={`menu-item${index === props.chosen ? ' chosen' : ''}`}
              data-testid="suggestion"
              onClick={() => props.onPick(suggestion)}
            >
              <SuggestionLine suggestion={suggestion} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function keyOf(suggestion: Suggestion): string {
  if (suggestion.kind === 'plate') return `plate ${suggestion.plate}`;
  if (suggestion.kind === 'word') return `word ${suggestion.word}`;
  const { kind, name, cameraIds } = suggestion.entry;
  return `${kind} ${name} ${cameraIds[0] ?? ''}`;
}

const placeIcons = { road: 'route', area: 'panel', camera: 'cameras' } as const;

function SuggestionLine({ suggestion }: { suggestion: Suggestion }) {
  const { say } = useText();
  if (suggestion.kind !== 'place') {
    return (
      <>
        <Icon name={suggestion.kind === 'plate' ? 'investigate' : 'filter'} size={16} />
        <span className="one-line">{suggestion.kind === 'plate' ? suggestion.plate : suggestion.word}</span>
        <span className="muted small">{say(suggestion.kind === 'plate' ? 'suggest.kept' : 'suggest.word')}</span>
      </>
    );
  }
  const { kind, name, cameraIds } = suggestion.entry;
  const about = say(`suggest.${kind}`);
  return (
    <>
      <Icon name={placeIcons[kind]} size={16} />
      <span className="one-line">{name}</span>
      <span className="muted small">
        {kind === 'camera' ? about : `${about} · ${say('search.someCameras', { count: cameraIds.length })}`}
      </span>
    </>
  );
}

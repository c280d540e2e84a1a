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
              key={
                suggestion.kind === 'plate'
                  ? `plate ${suggestion.plate}`
                  : `${suggestion.entry.kind} ${suggestion.entry.cameraIds[0]} ${suggestion.entry.name}`
              }
              id={`suggestion-${index}`}
              role="option"
              aria-selected={index === props.chosen}
              className={`menu-item${index === props.chosen ? ' chosen' : ''}`}
              data-testid="suggestion"
              onClick={() => props.onPick(suggestion)}
            >
              {suggestion.kind === 'plate' ? (
                <>
                  <Icon name="investigate" size={16} />
                  <span className="one-line">{suggestion.plate}</span>
                  <span className="muted small">{say('suggest.kept')}</span>
                </>
              ) : (
                <>
                  <Icon
                    name={
                      suggestion.entry.kind === 'camera'
                        ? 'cameras'
                        : suggestion.entry.kind === 'road'
                          ? 'route'
                          : 'panel'
                    }
                    size={16}
                  />
                  <span className="one-line">{suggestion.entry.name}</span>
                  <span className="muted small">
                    {say(`suggest.${suggestion.entry.kind}`)}
                    {suggestion.entry.kind === 'camera'
                      ? ''
                      : ` · ${say('search.someCameras', { count: suggestion.entry.cameraIds.length })}`}
                  </span>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

import { type RefObject, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { readSetting, writeSetting } from '../../shared/local-setting.ts';
import { chipsOf } from '../query/chips.ts';
import type { PlaceIndex } from '../query/places.ts';
import type { SearchQuery } from '../query/search-query.ts';
import { Controls } from './controls.tsx';
import { SearchBox } from './search-box.tsx';

interface SearchHeadProps {
  readonly query: SearchQuery;
  readonly draft: string;
  readonly places: PlaceIndex | undefined;
  readonly cameras: readonly Camera[];
  readonly keptPlates: readonly string[];
  readonly input: RefObject<HTMLInputElement | null>;
  readonly isClones: boolean;
  onChange: (query: SearchQuery, draft?: string) => void;
  onLeave: () => void;
  onClones: () => void;
}

/** More sentences than this would push the page down. */
const mostHints = 2;

/** The box, what it did not understand, and the same for the mouse. */
export function SearchHead(props: SearchHeadProps) {
  const { say } = useText();
  const { query, places } = props;
  const [isOpen, setOpen] = useState(readSetting('searchControls') !== 'hidden');
  const toggle = () => {
    writeSetting('searchControls', isOpen ? 'hidden' : 'shown');
    setOpen(!isOpen);
  };
  const hints = chipsOf(query, places).filter((chip) => chip.hint !== undefined);
  return (
    <div className="search-bar toolbar">
      <div className="search-row">
        <SearchBox
          query={query}
          draft={props.draft}
          places={places}
          cameras={props.cameras}
          keptPlates={props.keptPlates}
          input={props.input}
          onChange={props.onChange}
          onLeave={props.onLeave}
        />
        <button
          type="button"
          className="button search-toggle"
          aria-expanded={isOpen}
          aria-pressed={isOpen}
          title={say('search.controls')}
          aria-label={say('search.controls')}
          onClick={toggle}
        >
          <Icon name="filter" size={18} />
        </button>
        <button
          type="button"
          className="button search-toggle"
          aria-pressed={props.isClones}
          data-testid="clones-open"
          title={say('clones.about')}
          onClick={props.onClones}
        >
          <Icon name="copies" size={18} />
          <span className="wide-only">{say('clones.title')}</span>
        </button>
      </div>
      {hints.length > 0 && (
        <ul className="search-hints small" data-testid="search-hints">
          {hints.slice(0, mostHints).map((chip) => (
            <li key={`${chip.kind} ${chip.key}`}>
              <Icon name="warning" size={14} />
              {say(`hint.${chip.hint ?? 'unread'}`, { text: chip.key })}
            </li>
          ))}
        </ul>
      )}
      {isOpen && (
        <Controls query={query} cameras={props.cameras} places={places} onChange={(next) => props.onChange(next)} />
      )}
    </div>
  );
}

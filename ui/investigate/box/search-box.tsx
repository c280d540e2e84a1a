import { type RefObject, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { serverNow } from '../../shared/server-clock.ts';
import { type Chip, chipsOf, chipText, withoutChip } from '../query/chips.ts';
import { finishedLength, parseQuery } from '../query/parse-query.ts';
import { makePlaces, type PlaceIndex } from '../query/places.ts';
import { applyTerms, emptyQuery, hasPurpose, type SearchQuery } from '../query/search-query.ts';
import { CaseChip } from './case-chip.tsx';
import { ChipView } from './chip-view.tsx';
import { chipLabel } from './chip-words.ts';
import { lastWord, suggest, type Suggestion } from './suggestions.ts';
import { SuggestionList } from './suggestion-list.tsx';

const nowhere = makePlaces([], undefined);

interface SearchBoxProps {
  readonly query: SearchQuery;
  /** What is still being typed, behind the chips. */
  readonly draft: string;
  readonly places: PlaceIndex | undefined;
  readonly cameras: readonly Camera[];
  readonly keptPlates: readonly string[];
  readonly input: RefObject<HTMLInputElement | null>;
  onChange: (query: SearchQuery, draft: string) => void;
  /** ↓ with nothing left to choose from: into the list of results. */
  onLeave: () => void;
}

/** The one box: case, chips of what was understood, and the words still being typed. */
export function SearchBox(props: SearchBoxProps) {
  const { say, language } = useText();
  const { query, draft, places = nowhere, cameras, input, onChange } = props;
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const nameOf = (id: string): string | undefined => cameras.find((camera) => camera.id === id)?.name;
  const chips = chipsOf(query, props.places);
  const suggestions = isOpen ? suggest(lastWord(draft), props.places, props.keptPlates) : [];

  const take = (text: string, isAll: boolean) => {
    setChosen(-1);
    setOpen(true);
    const tokens = parseQuery(text, places, serverNow());
    const length = isAll ? text.length : finishedLength(text, tokens, places);
    const terms = tokens.filter((token) => token.end <= length).flatMap((token) => token.terms);
    const rest = text.slice(length);
    onChange(applyTerms(query, terms), length > 0 ? rest.trimStart() : rest);
  };
  const edit = (chip: Chip) => {
    const word = {
      isEnglish: language === 'en',
      formatTime,
      attribute: (one: Chip) => chipLabel(say, one, query, nameOf),
    };
    const text = chipText(query, chip, word);
    if (text === undefined) return;
    // What was half typed before is finished first, so that nothing is lost.
    const terms = parseQuery(draft, places, serverNow()).flatMap((token) => token.terms);
    onChange(applyTerms(withoutChip(query, chip), terms), text);
    setOpen(true);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.select();
    });
  };
  const pick = (suggestion: Suggestion | undefined) => {
    if (!suggestion) return;
    const before = draft.slice(0, draft.length - lastWord(draft).length);
    const terms = parseQuery(before, places, serverNow()).flatMap((token) => token.terms);
    const taken = applyTerms(query, terms);
    setChosen(-1);
    if (suggestion.kind === 'plate') return onChange({ ...taken, plate: suggestion.plate }, '');
    if (suggestion.kind === 'word') {
      const said = parseQuery(suggestion.word, places, serverNow()).flatMap((token) => token.terms);
      return onChange(applyTerms(taken, said), '');
    }
    const { kind, name, cameraIds } = suggestion.entry;
    const [id] = cameraIds;
    if (kind === 'camera' && id !== undefined)
      return onChange({ ...taken, cameraIds: [...new Set([...taken.cameraIds, id])] }, '');
    onChange(applyTerms(taken, [{ kind: 'place', name }]), '');
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    const last = chips.at(-1);
    if (event.key === 'Backspace' && draft === '' && last) onChange(withoutChip(query, last), '');
    else if (event.key === 'ArrowDown' && chosen < suggestions.length - 1) setChosen(chosen + 1);
    else if (event.key === 'ArrowDown' && draft === '') props.onLeave();
    else if (event.key === 'ArrowUp' && chosen >= 0) setChosen(chosen - 1);
    else if (event.key === 'Enter' && chosen >= 0) pick(suggestions[chosen]);
    else if (event.key === 'Enter' && draft.trim() !== '') take(draft, true);
    else if (event.key === 'Enter' && draft === '') props.onLeave();
    else if (event.key === 'Escape' && isOpen && draft !== '') setOpen(false);
    else return;
    event.preventDefault();
  };
  const isEmpty = chips.length === 0 && draft === '';
  return (
    <div
      className={`search-box${hasPurpose(query) ? '' : ' needs-purpose'}`}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        setOpen(false);
        if (draft.trim() !== '') take(draft, true);
        setOpen(false);
      }}
    >
      <CaseChip query={query} onChange={(next) => onChange(next, draft)} onDone={() => input.current?.focus()} />
      <div className="search-chips" onPointerDown={(event) => focusFrom(event, input.current)}>
        {chips.map((chip) => (
          <ChipView
            key={`${chip.kind} ${chip.key}`}
            chip={chip}
            query={query}
            nameOf={nameOf}
            {...(chip.kind === 'cameras' || chip.kind === 'area' ? {} : { onEdit: () => edit(chip) })}
            onRemove={() => {
              onChange(withoutChip(query, chip), draft);
              input.current?.focus();
            }}
          />
        ))}
        <input
          ref={input}
          className="search-input"
          data-testid="search-text"
          role="combobox"
          aria-label={say('search.box')}
          aria-expanded={suggestions.length > 0}
          aria-controls="search-suggestions"
          aria-activedescendant={chosen >= 0 ? `suggestion-${chosen}` : undefined}
          placeholder={isEmpty ? say('search.boxPlaceholder') : ''}
          autoComplete="off"
          spellCheck={false}
          value={draft}
          onChange={(event) => {
            const isComposing = event.nativeEvent instanceof InputEvent && event.nativeEvent.isComposing;
            const isPasted =
              event.nativeEvent instanceof InputEvent && event.nativeEvent.inputType === 'insertFromPaste';
            if (isComposing) onChange(query, event.target.value);
            else take(event.target.value, isPasted);
          }}
          onCompositionEnd={(event) => take(event.currentTarget.value, false)}
          onKeyDown={onKeyDown}
        />
      </div>
      {!isEmpty && (
        <button
          type="button"
          className="button quiet icon small-button search-clear"
          aria-label={say('search.clear')}
          title={say('search.clear')}
          onClick={() => {
            onChange(emptyQuery(query), '');
            input.current?.focus();
          }}
        >
          <Icon name="close" size={16} />
        </button>
      )}
      {isOpen && draft.trim() !== '' && (
        <SuggestionList
          suggestions={suggestions}
          chosen={chosen}
          reading={<Reading draft={draft} query={query} places={places} nameOf={nameOf} />}
          onPick={pick}
        />
      )}
    </div>
  );
}

/** A press beside the chips is meant for the field. */
function focusFrom(event: React.PointerEvent, input: HTMLInputElement | null): void {
  if (event.target !== event.currentTarget) return;
  event.preventDefault();
  input?.focus();
}

/** What the words still being typed would become. */
function Reading(props: {
  draft: string;
  query: SearchQuery;
  places: PlaceIndex;
  nameOf: (id: string) => string | undefined;
}) {
  const { query, places } = props;
  const { say } = useText();
  const tokens = parseQuery(props.draft, places, serverNow());
  // The last word is still being typed: not understood yet is no fault.
  const said = tokens.filter(
    ({ end, terms }) => end < props.draft.length || terms.every(({ kind }) => kind !== 'unknown'),
  );
  const read = applyTerms(
    emptyQuery(query),
    said.flatMap((token) => token.terms),
  );
  if (said.length === 0) return <span className="muted">{say('search.readingNothing')}</span>;
  return (
    <>
      {chipsOf(read, places).map((chip) => (
        <ChipView key={`${chip.kind} ${chip.key}`} isPreview chip={chip} query={read} nameOf={props.nameOf} />
      ))}
    </>
  );
}

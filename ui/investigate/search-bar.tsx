import { type RefObject, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import type { PlateColour, VehicleType } from '#api/contract/common.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { normalisePlateQuery } from '../shared/plate-doubt.ts';
import { serverNow } from '../shared/server-clock.ts';
import { TimeField } from '../shared/time-field.tsx';
import { CameraPick } from './camera-pick.tsx';
import { rangeOf, type SearchQuery, shortestPurpose } from './search-query.ts';
import { quickRanges } from './time-range.ts';

interface SearchBarProps {
  readonly query: SearchQuery;
  readonly cameras: readonly Camera[];
  readonly plateInput: RefObject<HTMLInputElement | null>;
  onChange: (query: SearchQuery) => void;
}

export function SearchBar({ query, cameras, plateInput, onChange }: SearchBarProps) {
  const { say } = useText();
  // What is typed stays as typed (an input method composes in it); the question takes it normalised.
  const [typed, setTyped] = useState(query.plate);
  const shownPlate = normalisePlateQuery(typed) === query.plate ? typed : query.plate;
  const isCustom = typeof query.range !== 'string';
  const range = rangeOf(query, serverNow());
  const setEnd = (end: 'fromMs' | 'toMs', timeMs: number) => {
    const changed = { ...range, [end]: timeMs };
    if (changed.toMs > changed.fromMs) onChange({ ...query, range: changed });
  };
  const needsPurpose = query.purpose.trim().length < shortestPurpose;
  return (
    <div className="search-bar toolbar">
      <div className="search-row">
        <label className="search-box">
          <Icon name="search" />
          <span className="hidden-visually">{say('search.plate')}</span>
          <input
            ref={plateInput}
            className="search-input"
            data-testid="search-plate"
            placeholder={say('search.platePlaceholder')}
            autoComplete="off"
            spellCheck={false}
            value={shownPlate}
            onChange={(event) => {
              setTyped(event.target.value);
              onChange({ ...query, plate: normalisePlateQuery(event.target.value) });
            }}
          />
          {shownPlate !== '' && (
            <button
              type="button"
              className="button quiet icon small-button"
              aria-label={say('common.close')}
              onClick={() => {
                setTyped('');
                onChange({ ...query, plate: '' });
                plateInput.current?.focus();
              }}
            >
              <Icon name="close" size={16} />
            </button>
          )}
        </label>
        <label className={`search-purpose${needsPurpose ? ' needed' : ''}`} title={say('search.purposeWhy')}>
          <span>{say('search.purpose')}</span>
          <input
            className="search-input"
            data-testid="search-purpose"
            placeholder={say('search.purposePlaceholder')}
            aria-description={say('search.purposeWhy')}
            maxLength={200}
            value={query.purpose}
            onChange={(event) => onChange({ ...query, purpose: event.target.value })}
          />
        </label>
      </div>
      <div className="search-row">
        <div className="segmented" role="group" aria-label={say('search.range')}>
          {quickRanges.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={query.range === name}
              onClick={() => onChange({ ...query, range: name })}
            >
              {say(`search.range.${name}`)}
            </button>
          ))}
          <button type="button" aria-pressed={isCustom} onClick={() => onChange({ ...query, range })}>
            {say('search.range.custom')}
          </button>
        </div>
        {isCustom && (
          <span className="search-dates">
            <TimeField
              kind="time"
              label={say('search.from')}
              testId="search-from"
              valueMs={range.fromMs}
              onChange={(timeMs) => setEnd('fromMs', timeMs)}
            />
            <span aria-hidden="true">–</span>
            <TimeField
              kind="time"
              label={say('search.to')}
              testId="search-to"
              valueMs={range.toMs}
              onChange={(timeMs) => setEnd('toMs', timeMs)}
            />
          </span>
        )}
        <CameraPick
          cameras={cameras}
          chosen={query.cameraIds}
          onChange={(cameraIds) => onChange({ ...query, cameraIds })}
        />
        <select
          className="input search-select"
          aria-label={say('search.type')}
          value={query.vehicleType ?? ''}
          onChange={(event) => onChange({ ...query, vehicleType: types.find((type) => type === event.target.value) })}
        >
          <option value="">{say('search.anyType')}</option>
          {types.map((type) => (
            <option key={type} value={type}>
              {say(`vehicle.${type}`)}
            </option>
          ))}
        </select>
        <select
          className="input search-select"
          aria-label={say('search.anyColour')}
          value={query.plateColour ?? ''}
          onChange={(event) =>
            onChange({ ...query, plateColour: colours.find((colour) => colour === event.target.value) })
          }
        >
          <option value="">{say('search.anyColour')}</option>
          {colours.map((colour) => (
            <option key={colour} value={colour}>
              {say(`colour.${colour}`)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

const types: readonly VehicleType[] = ['car', 'bus', 'truck', 'motorcycle'];
const colours: readonly PlateColour[] = ['blue', 'green', 'yellow', 'white', 'black'];

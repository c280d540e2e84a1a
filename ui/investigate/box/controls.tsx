import type { Camera } from '#api/contract/cameras.ts';
import { useText } from '../../shared/i18n.ts';
import { serverNow } from '../../shared/server-clock.ts';
import { TimeField } from '../../shared/time-field.tsx';
import type { PlaceIndex } from '../query/places.ts';
import {
  directions,
  plateColours,
  rangeOf,
  type SearchQuery,
  usualRange,
  vehicleColours,
  vehicleTypes,
} from '../query/search-query.ts';
import { clockOf, quickRanges } from '../query/time-range.ts';
import { CameraPick } from './camera-pick.tsx';

interface ControlsProps {
  readonly query: SearchQuery;
  readonly cameras: readonly Camera[];
  readonly places: PlaceIndex | undefined;
  onChange: (query: SearchQuery) => void;
}

/** Everything the box understands, for the mouse. */
export function Controls({ query, cameras, places, onChange }: ControlsProps) {
  const { say } = useText();
  const isCustom = typeof query.range === 'object';
  const range = rangeOf(query, serverNow());
  const setEnd = (end: 'fromMs' | 'toMs', timeMs: number) => {
    const changed = { ...range, [end]: timeMs };
    if (changed.toMs > changed.fromMs) onChange({ ...query, range: changed });
  };
  return (
    <div className="search-controls">
      <div className="segmented" role="group" aria-label={say('search.range')}>
        {quickRanges.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={(query.range ?? usualRange) === name}
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
      <Hours query={query} onChange={onChange} />
      <CameraPick
        cameras={cameras}
        places={places}
        chosen={query.cameraIds}
        onChange={(cameraIds) => onChange({ ...query, cameraIds })}
      />
      <Choice
        label={say('search.anyPaint')}
        options={vehicleColours.map((value) => ({ value, text: say(`paint.${value}`) }))}
        value={query.vehicleColour}
        onChange={(vehicleColour) => onChange({ ...query, vehicleColour })}
      />
      <Choice
        label={say('search.anyType')}
        options={vehicleTypes.map((value) => ({ value, text: say(`vehicle.${value}`) }))}
        value={query.vehicleType}
        onChange={(vehicleType) => onChange({ ...query, vehicleType })}
      />
      <Choice
        label={say('search.anyDirection')}
        options={directions.map((value) => ({ value, text: say(`travel.${value}`) }))}
        value={query.direction}
        onChange={(direction) => onChange({ ...query, direction })}
      />
      <Choice
        label={say('search.anyColour')}
        options={plateColours.map((value) => ({ value, text: say(`colour.${value}`) }))}
        value={query.plateColour}
        onChange={(plateColour) => onChange({ ...query, plateColour })}
      />
      <button
        type="button"
        className="button"
        aria-pressed={query.isFuzzy}
        title={say('chip.kind.fuzzyAbout')}
        data-testid="search-fuzzy"
        onClick={() => onChange({ ...query, isFuzzy: !query.isFuzzy })}
      >
        {say('chip.fuzzy')}
      </button>
    </div>
  );
}

function Choice<Value extends string>(props: {
  label: string;
  options: readonly { readonly value: Value; readonly text: string }[];
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
}) {
  return (
    <select
      className={`input search-select${props.value === undefined ? '' : ' is-set'}`}
      aria-label={props.label}
      value={props.value ?? ''}
      onChange={(event) => props.onChange(props.options.find(({ value }) => value === event.target.value)?.value)}
    >
      <option value="">{props.label}</option>
      {props.options.map(({ value, text }) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

const halfHours = Array.from({ length: 49 }, (_, index) => clockOf(index * 30));

/** Hours of each day; a time that was typed to the minute stays among the choices. */
function Hours({ query, onChange }: { query: SearchQuery; onChange: (query: SearchQuery) => void }) {
  const { say } = useText();
  const { hours } = query;
  const choices = (own: string | undefined): readonly string[] =>
    own === undefined || halfHours.includes(own) ? halfHours : [...halfHours, own].toSorted();
  const change = (from: string, to: string) =>
    onChange({ ...query, hours: from === '' || to === '' || from === to ? undefined : { from, to } });
  return (
    <span className="search-hours">
      <select
        className={`input search-select${hours ? ' is-set' : ''}`}
        aria-label={say('search.hoursFrom')}
        value={hours?.from ?? ''}
        onChange={(event) => change(event.target.value, hours?.to ?? '24:00')}
      >
        <option value="">{say('search.anyHours')}</option>
        {choices(hours?.from)
          .filter((clock) => clock !== '24:00')
          .map((clock) => (
            <option key={clock}>{clock}</option>
          ))}
      </select>
      {hours && (
        <>
          <span aria-hidden="true">–</span>
          <select
            className="input search-select is-set"
            aria-label={say('search.hoursTo')}
            value={hours.to}
            onChange={(event) => change(hours.from, event.target.value)}
          >
            {choices(hours.to).map((clock) => (
              <option key={clock}>{clock}</option>
            ))}
          </select>
        </>
      )}
    </span>
  );
}

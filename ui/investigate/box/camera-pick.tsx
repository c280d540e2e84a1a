import { useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { type PlaceIndex, suggestPlaces } from '../query/places.ts';

/** More are found by typing, not by scrolling. */
const most = 60;

/** Any number of cameras, found by name, number or pinyin; none chosen means all. */
export function CameraPick(props: {
  cameras: readonly Camera[];
  places: PlaceIndex | undefined;
  chosen: readonly string[];
  /** What none chosen means; all of them, when left out. */
  noneText?: string;
  onChange: (ids: readonly string[]) => void;
}) {
  const { say } = useText();
  const { cameras, places, chosen, onChange } = props;
  const [isOpen, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const toggle = (id: string) =>
    onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  const nameOfOnly = chosen.length === 1 ? cameras.find(({ id }) => id === chosen[0])?.name : undefined;
  const found = (): readonly Camera[] => {
    const wanted = query.trim();
    if (wanted === '' || !places) {
      const isChosen = new Set(chosen);
      return [...cameras.filter(({ id }) => isChosen.has(id)), ...cameras.filter(({ id }) => !isChosen.has(id))].slice(
        0,
        most,
      );
    }
    const ids = new Set(suggestPlaces(places, wanted, most).flatMap((one) => one.cameraIds));
    return cameras
      .filter((camera) => ids.has(camera.id) || camera.number.toLowerCase().includes(wanted.toLowerCase()))
      .slice(0, most);
  };
  return (
    <div
      className="pick"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.preventDefault();
        setOpen(false);
      }}
    >
      <button
        type="button"
        className="button"
        aria-expanded={isOpen}
        aria-pressed={chosen.length > 0}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="cameras" size={18} />
        {chosen.length === 0
          ? (props.noneText ?? say('search.allCameras'))
          : (nameOfOnly ?? say('search.someCameras', { count: chosen.length }))}
      </button>
      {isOpen && (
        // Takes the focus of a press on a camera's name; else the menu would be gone before the press has become a click.
        <div className="menu pick-menu" tabIndex={-1}>
          <input
            className="input"
            autoFocus
            placeholder={say('wall.search')}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
          {chosen.length > 0 && (
            <button type="button" className="menu-item" onClick={() => onChange([])}>
              {props.noneText ?? say('search.allCameras')}
            </button>
          )}
          <ul>
            {found().map((camera) => (
              <li key={camera.id}>
                <label className="check">
                  <input type="checkbox" checked={chosen.includes(camera.id)} onChange={() => toggle(camera.id)} />
                  <span className="one-line">{camera.name}</span>
                </label>
              </li>
            ))}
          </ul>
          {cameras.length > most && (
            <p className="muted small pick-note">{say('search.pickNote', { shown: most, count: cameras.length })}</p>
          )}
        </div>
      )}
    </div>
  );
}

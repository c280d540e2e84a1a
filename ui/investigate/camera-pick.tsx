import { useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { makeFindable, matchScore } from '../shared/pinyin-match.ts';

/** Any number of cameras, found by name, number or pinyin; none chosen means all. */
export function CameraPick(props: {
  cameras: readonly Camera[];
  chosen: readonly string[];
  onChange: (ids: readonly string[]) => void;
}) {
  const { say } = useText();
  const { cameras, chosen, onChange } = props;
  const [isOpen, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const found = cameras.filter(
    (camera) => query === '' || matchScore(makeFindable(camera.name, camera.number, camera.area), query) > 0,
  );
  const toggle = (id: string) =>
    onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <div
      className="pick"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setOpen(false);
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
        {chosen.length === 0 ? say('search.allCameras') : say('search.someCameras', { count: chosen.length })}
      </button>
      {isOpen && (
        <div className="menu pick-menu">
          <input
            className="input"
            autoFocus
            placeholder={say('wall.search')}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
          {chosen.length > 0 && (
            <button type="button" className="menu-item" onClick={() => onChange([])}>
              {say('search.allCameras')}
            </button>
          )}
          <ul>
            {found.map((camera) => (
              <li key={camera.id}>
                <label className="check">
                  <input type="checkbox" checked={chosen.includes(camera.id)} onChange={() => toggle(camera.id)} />
                  <span className="one-line">{camera.name}</span>
                </label>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

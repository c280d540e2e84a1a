import { useState } from 'react';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { gridOf, layoutNames } from './grid.ts';
import { useOutsideClick } from './use-outside-click.ts';

const widthPx = 32;
const heightPx = 20;
const sizes = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** A layout as what it looks like. */
export function LayoutDrawing({ layout }: { layout: string }) {
  const grid = gridOf(layout);
  if (!grid) return null;
  const gap = grid.columns > 4 ? 0.9 : grid.columns > 2 ? 1 : 1.4;
  const cellWidth = (widthPx - gap * (grid.columns - 1)) / grid.columns;
  const cellHeight = (heightPx - gap * (grid.rows - 1)) / grid.rows;
  return (
    <svg width={widthPx} height={heightPx} viewBox={`0 0 ${widthPx} ${heightPx}`} aria-hidden="true">
      {grid.places.map((place) => (
        <rect
          key={`${place.column}-${place.row}`}
          x={place.column * (cellWidth + gap)}
          y={place.row * (cellHeight + gap)}
          width={place.columns * cellWidth + (place.columns - 1) * gap}
          height={place.rows * cellHeight + (place.rows - 1) * gap}
          rx="0.5"
          fill="currentColor"
        />
      ))}
    </svg>
  );
}

/** The layout that is shown, and all others one click away; a grid of one's own below them. */
export function LayoutPicker({ current, onPick }: { current: string; onPick: (layout: string) => void }) {
  const { say } = useText();
  const [isOpen, setOpen] = useState(false);
  const holder = useOutsideClick<HTMLDivElement>(isOpen, () => setOpen(false));
  const free = /^(\d)x(\d)(?:-(\d)x(\d))?/.exec(current);
  const [columns = 4, rows = 3, wide = 1, high = 1] = (free?.slice(1) ?? []).map((digit) =>
    digit === undefined ? 1 : Number(digit),
  );
  const pickFree = (next: { columns?: number; rows?: number; wide?: number; high?: number }) => {
    const all = { columns, rows, wide, high, ...next };
    const large = [Math.min(all.wide, all.columns), Math.min(all.high, all.rows)];
    onPick(`${all.columns}x${all.rows}${large.some((side) => side > 1) ? `-${large.join('x')}` : ''}`);
  };
  const number = (label: 'wall.columns' | 'wall.rows' | 'wall.largeWide' | 'wall.largeHigh', value: number) => {
    const name = { 'wall.columns': 'columns', 'wall.rows': 'rows', 'wall.largeWide': 'wide', 'wall.largeHigh': 'high' }[
      label
    ];
    return (
      <label className="layout-number small">
        {say(label)}
        <select
          className="input"
          data-testid={`free-${name}`}
          value={value}
          onChange={(event) => pickFree({ [name]: Number(event.target.value) })}
        >
          {sizes.map((size) => (
            <option key={size} value={size}>
              {size}
            </option>
          ))}
        </select>
      </label>
    );
  };
  return (
    <div className="layouts" ref={holder}>
      <button
        type="button"
        className="button quiet layout-current"
        aria-expanded={isOpen}
        title={say('wall.layouts')}
        data-testid="layouts"
        onClick={() => setOpen(!isOpen)}
      >
        <LayoutDrawing layout={current} />
        <span className="small">{gridOf(current)?.places.length}</span>
        <Icon name="down" size={13} />
      </button>
      {isOpen && (
        <div className="wall-menu layout-menu" role="group" aria-label={say('wall.layouts')}>
          <div className="layout-choices">
            {layoutNames.map((name) => (
              <button
                key={name}
                type="button"
                className="layout"
                aria-pressed={name === current}
                aria-label={say('wall.layout', { count: name })}
                title={say('wall.layout', { count: name })}
                data-testid={`layout-${name}`}
                onClick={() => {
                  onPick(name);
                  setOpen(false);
                }}
              >
                <LayoutDrawing layout={name} />
                <span>{name}</span>
              </button>
            ))}
          </div>
          <fieldset className="layout-free">
            <legend className="muted small">{say('wall.freeGrid')}</legend>
            {number('wall.columns', columns)}
            {number('wall.rows', rows)}
            {number('wall.largeWide', wide)}
            {number('wall.largeHigh', high)}
          </fieldset>
        </div>
      )}
    </div>
  );
}

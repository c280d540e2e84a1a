import { useText } from '../shared/i18n.ts';
import { columnsOf, type LayoutSize, layoutSizes } from './wall-layout.ts';

/** Layouts as what they look like. */
export function LayoutPicker({ current, onPick }: { current: LayoutSize; onPick: (layout: LayoutSize) => void }) {
  const { say } = useText();
  return (
    <div className="layouts">
      {layoutSizes.map((size) => {
        const columns = columnsOf(size);
        const gap = size === 16 ? 1 : 1.5;
        const width = (24 - gap * (columns - 1)) / columns;
        const height = (15 - gap * (columns - 1)) / columns;
        return (
          <button
            key={size}
            type="button"
            className="layout"
            aria-pressed={size === current}
            aria-label={say('wall.layout', { count: size })}
            title={say('wall.layout', { count: size })}
            data-testid={`layout-${size}`}
            onClick={() => onPick(size)}
          >
            <svg width="28" height="18" viewBox="-1 -1 26 17" aria-hidden="true">
              {Array.from({ length: size }, (_, index) => (
                <rect
                  key={index}
                  x={(index % columns) * (width + gap)}
                  y={Math.floor(index / columns) * (height + gap)}
                  width={width}
                  height={height}
                  rx="0.6"
                  fill="currentColor"
                />
              ))}
            </svg>
          </button>
        );
      })}
    </div>
  );
}

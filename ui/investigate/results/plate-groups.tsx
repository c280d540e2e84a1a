import { useState } from 'react';
import { useText } from '../../shared/i18n.ts';
import { PlateChip } from '../../shared/plate-chip.tsx';
import type { FoundPlate } from './attributes.tsx';

const few = 6;

/** The plates that the question matched, with how often and (in a fuzzy search) how likely; pressing one narrows to it. */
export function PlateGroups({
  plates,
  onNarrow,
}: {
  plates: readonly FoundPlate[];
  onNarrow: (plate: string) => void;
}) {
  const { say } = useText();
  const [isAll, setAll] = useState(false);
  const shown = isAll ? plates : plates.slice(0, few);
  return (
    <section className="plate-groups" aria-label={say('results.plates')} data-testid="plate-groups">
      <h3>{say('results.plates')}</h3>
      <div className="plate-groups-list">
        {shown.map((plate) => (
          <button
            key={plate.text}
            type="button"
            className="plate-group small"
            data-testid="plate-group"
            title={say('results.narrow', { plate: plate.text })}
            onClick={() => onNarrow(plate.text)}
          >
            <PlateChip plate={{ text: plate.text, colour: 'unknown' }} />
            {plate.likelihood !== undefined && (
              <span className="likelihood">
                {plate.likelihood >= 0.995
                  ? say('result.same')
                  : say('result.likely', { percent: Math.max(1, Math.round(plate.likelihood * 100)) })}
              </span>
            )}
            <span className="muted">{say('results.times', { count: plate.count })}</span>
          </button>
        ))}
        {plates.length > few && (
          <button type="button" className="button quiet small-button" onClick={() => setAll(!isAll)}>
            {say(isAll ? 'results.fewer' : 'results.all', { count: plates.length })}
          </button>
        )}
      </div>
    </section>
  );
}

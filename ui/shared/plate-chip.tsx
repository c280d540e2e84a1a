import type { PlateColour } from '#api/contract/common.ts';
import { useText } from './i18n.ts';
import { plateRuns } from './plate-doubt.ts';

interface Plate {
  readonly text: string;
  readonly colour: PlateColour;
  readonly characterConfidences?: readonly number[];
}

/** A plate in its own colour; characters that the reader was unsure of are underlined. */
export function PlateChip({ plate, isLarge = false }: { plate: Plate; isLarge?: boolean }) {
  const { say } = useText();
  const runs = plateRuns(plate.text, plate.characterConfidences ?? []);
  const hasDoubt = runs.some((run) => run.isDoubtful);
  return (
    <span
      className={`plate ${plate.colour}${isLarge ? ' large' : ''}`}
      title={`${say(`colour.${plate.colour}`)}${hasDoubt ? ` · ${say('plate.doubt')}` : ''}`}
    >
      {runs.map((run, index) =>
        run.isDoubtful ? (
          <span key={index} className="doubt">
            {run.text}
          </span>
        ) : (
          run.text
        ),
      )}
    </span>
  );
}

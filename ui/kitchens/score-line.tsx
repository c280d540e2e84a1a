import { useText } from '../shared/i18n.ts';

const width = 120;
const height = 26;
const edge = 2;

/** The score of 30 days, 0 to 100, as a line; the last point is now. */
export function ScoreLine({ scores }: { scores: readonly number[] }) {
  const { say } = useText();
  const [first, last] = [scores[0], scores.at(-1)];
  if (first === undefined || last === undefined || scores.length < 2) return null;
  const at = (score: number, index: number): string => {
    const x = edge + (index / (scores.length - 1)) * (width - 2 * edge);
    const y = edge + (1 - score / 100) * (height - 2 * edge);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const [x, y] = at(last, scores.length - 1).split(',');
  return (
    <svg
      className="score-line"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={say('kitchens.scoreLine', { first, last })}
    >
      <title>{say('kitchens.scoreLine', { first, last })}</title>
      <polyline points={scores.map(at).join(' ')} fill="none" stroke="currentColor" strokeWidth="1.5" />
      <circle cx={x} cy={y} r="2" fill="currentColor" />
    </svg>
  );
}

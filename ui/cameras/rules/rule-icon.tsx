import { toneOf, type RuleTool } from './rule-draft.ts';

const drawings: Record<RuleTool | 'hygiene', string> = {
  interest: 'M4 7l9-3 7 6-2 9-11 1zM9 12l2.5 2.5L16 10',
  ignore: 'M4 7l9-3 7 6-2 9-11 1zM9 10l5 5M14 10l-5 5',
  line: 'M4 18 20 6M12 12l4.5 5.5M16.5 13.5v4h-4',
  dwell: 'M4 7l9-3 7 6-2 9-11 1zM12 9v4l2.5 1.5',
  calibration: 'M6 18h.01M18 18h.01M8.5 7h.01M15.5 7h.01M6 18h12M8.5 7h7M6 18 8.5 7M18 18 15.5 7',
  hygiene: 'M6 12a4 4 0 1 1 2-7.5 4.5 4.5 0 0 1 8 0A4 4 0 1 1 18 12v7H6zM6 16h12',
};

/** Shape and colour of a kind of rule, as on the picture. */
export function RuleIcon({ tool }: { tool: RuleTool | 'hygiene' }) {
  return (
    <svg
      className={`rule-icon ${toneOf(tool)}`}
      width={18}
      height={18}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={tool === 'calibration' ? 2 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={drawings[tool]} />
    </svg>
  );
}

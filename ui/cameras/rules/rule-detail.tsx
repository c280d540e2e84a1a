import { useState } from 'react';
import type { CameraRule } from '#api/contract/cameras.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { crossesItself } from '../../shared/zone-geometry.ts';
import { pointsOf, toolOf, turned } from './rule-draft.ts';

/** As the contract has it. */
const mostMetres = 1000;

interface RuleDetailProps {
  readonly rule: CameraRule;
  /** `step`: what is typed into one field is one step. */
  onChange: (rule: CameraRule, step?: string) => void;
}

/** What of a rule is not drawn but typed. */
export function RuleDetail({ rule, onChange }: RuleDetailProps) {
  const { say } = useText();
  const tool = toolOf(rule);
  if (rule.kind === 'hygiene') return <p className="rule-detail muted small">{say('rules.hygieneElsewhere')}</p>;
  const isTangled = rule.kind !== 'line' && rule.kind !== 'calibration' && crossesItself(pointsOf(rule));
  return (
    <div className="rule-detail">
      <label className="field">
        {say('rules.name')}
        <input
          className="input"
          value={rule.name}
          maxLength={80}
          data-testid="rule-rename"
          aria-invalid={rule.name.trim() === ''}
          onChange={(event) => onChange({ ...rule, name: event.target.value }, 'name')}
        />
      </label>
      <p className="muted small">{say(`rules.tool.${tool === 'hygiene' ? 'interest' : tool}.what`)}</p>
      {isTangled && (
        <div className="notice warn small">
          <Icon name="warning" size={16} />
          {say('rules.tangled')}
        </div>
      )}
      {rule.kind === 'line' && (
        <button type="button" className="button" data-testid="rule-turn" onClick={() => onChange(turned(rule))}>
          <Icon name="refresh" size={16} />
          {say('rules.turn')}
        </button>
      )}
      {rule.kind === 'dwell' && <DwellTime rule={rule} onChange={onChange} />}
      {rule.kind === 'calibration' && <GroundMetres rule={rule} onChange={onChange} />}
    </div>
  );
}

function DwellTime({
  rule,
  onChange,
}: {
  rule: Extract<CameraRule, { kind: 'dwell' }>;
  onChange: RuleDetailProps['onChange'];
}) {
  const { say } = useText();
  return (
    <label className="field">
      {say('rules.dwellSeconds')}
      <NumberInput
        value={rule.dwellMs / 1000}
        least={1}
        most={86_400}
        step={1}
        testId="rule-dwell"
        onNumber={(seconds) => onChange({ ...rule, dwellMs: Math.round(seconds * 1000) }, 'dwell')}
      />
    </label>
  );
}

interface NumberInputProps {
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  readonly testId: string;
  readonly label?: string;
  onNumber: (value: number) => void;
}

/** While it is typed the text is its own, so that it may be empty for a moment; numbers out of bounds are not taken. */
function NumberInput({ value, least, most, step, testId, label, onNumber }: NumberInputProps) {
  const [typed, setTyped] = useState<string>();
  const isWrong = typed !== undefined && !isWithin(Number(typed), least, most, typed);
  return (
    <input
      className="input"
      type="number"
      min={least}
      max={most}
      step={step}
      aria-label={label}
      aria-invalid={isWrong}
      data-testid={testId}
      value={typed ?? String(value)}
      onChange={(event) => {
        setTyped(event.target.value);
        const number = event.target.valueAsNumber;
        if (isWithin(number, least, most, event.target.value)) onNumber(number);
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}

function isWithin(value: number, least: number, most: number, typed: string): boolean {
  return typed.trim() !== '' && value >= least && value <= most;
}

/** Two metres for each of the four points, on axes at right angles that the person chooses. */
function GroundMetres({
  rule,
  onChange,
}: {
  rule: Extract<CameraRule, { kind: 'calibration' }>;
  onChange: RuleDetailProps['onChange'];
}) {
  const { say } = useText();
  const set = (index: number, axis: 'acrossMetres' | 'alongMetres', metres: number) => {
    const points = rule.points.map((point, at) => (at === index ? { ...point, [axis]: metres } : point));
    onChange({ ...rule, points }, `${axis} ${index}`);
  };
  return (
    <table className="ground-metres small">
      <thead>
        <tr>
          <th>{say('rules.point')}</th>
          <th>{say('rules.across')}</th>
          <th>{say('rules.along')}</th>
        </tr>
      </thead>
      <tbody>
        {rule.points.map((point, index) => (
          <tr key={index}>
            <th scope="row">{index + 1}</th>
            {(['acrossMetres', 'alongMetres'] as const).map((axis) => (
              <td key={axis}>
                <NumberInput
                  value={point[axis]}
                  least={-mostMetres}
                  most={mostMetres}
                  step={0.1}
                  label={`${say('rules.point')} ${index + 1}, ${say(axis === 'acrossMetres' ? 'rules.across' : 'rules.along')}`}
                  testId={`ground-${axis === 'acrossMetres' ? 'across' : 'along'}-${index + 1}`}
                  onNumber={(metres) => set(index, axis, metres)}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import { useState } from 'react';
import type { HygieneItem } from '#api/contract/kitchen.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import type { DraftItem, Lack } from './setup-draft.ts';

/** As the contract has it, in seconds. */
const leastGrace = 1;
const mostGrace = 86_400;

interface ItemRowProps {
  readonly item: HygieneItem;
  readonly chosen: DraftItem;
  readonly lacks: readonly Lack[];
  onChange: (change: Partial<DraftItem>, step?: string) => void;
  onZones: () => void;
}

/** One item: on or off, how sure it is, how long it may last, and what keeps it from being used. */
export function ItemRow({ item, chosen, lacks, onChange, onZones }: ItemRowProps) {
  const { say, pick } = useText();
  const name = pick({ zh: item.nameZh, en: item.nameEn });
  const isUsable = lacks.length === 0;
  // Without a model nothing else that it lacks would help.
  const told = lacks.includes('model') ? (['model'] as const) : lacks;
  return (
    <li className={isUsable ? 'item' : 'item lacking'} data-testid="item-row" data-item={item.code}>
      <label className="item-switch">
        <input
          type="checkbox"
          role="switch"
          checked={chosen.isOn && isUsable}
          disabled={!isUsable}
          data-testid="item-on"
          aria-label={name}
          onChange={(event) => onChange({ isOn: event.target.checked })}
        />
        <span className="item-name">
          <strong>{name}</strong>
          <span className="item-badges">
            <span className={`badge ${item.status}`} title={say(`setup.status.${item.status}.what`)}>
              {say(`setup.status.${item.status}`)}
            </span>
            <span className="muted small">{say(`violation.severity.${severityOf(item)}`)}</span>
          </span>
        </span>
      </label>
      <p className="item-method small">
        {pick({ zh: item.methodZh, en: item.methodEn })}
        {!lacks.includes('model') && (
          <span className="muted">
            {' '}
            {say(item.status === 'bring-your-model' ? 'setup.status.brought.what' : `setup.status.${item.status}.what`)}
          </span>
        )}
      </p>
      {isUsable ? (
        <GraceField
          seconds={chosen.graceMs / 1000}
          label={name}
          onSeconds={(seconds) => onChange({ graceMs: Math.round(seconds * 1000) }, `${item.code} grace`)}
        />
      ) : (
        <ul className="item-lacks small" data-testid="item-lacks">
          {told.map((lack) => (
            <li key={lack}>
              <Icon name="warning" size={15} />
              {lack === 'zone' && item.zone !== 'frame'
                ? say('setup.lack.zone', { zone: say(`setup.use.${item.zone}`) })
                : say(
                    lack === 'model' && item.status === 'experimental' ? 'setup.lack.download' : `setup.lack.${lack}`,
                  )}
              {(lack === 'zone' || lack === 'reference') && (
                <button type="button" className="button small-button" onClick={onZones}>
                  {say(lack === 'zone' ? 'setup.goDraw' : 'setup.goReference')}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function severityOf({ severity }: HygieneItem): 1 | 2 | 3 {
  return severity === 3 ? 3 : severity === 1 ? 1 : 2;
}

function GraceField({
  seconds,
  label,
  onSeconds,
}: {
  seconds: number;
  label: string;
  onSeconds: (seconds: number) => void;
}) {
  const { say } = useText();
  const [typed, setTyped] = useState<string>();
  const isWrong = typed !== undefined && !isGrace(Number(typed));
  return (
    <label className="item-grace small">
      <span>{say('setup.grace')}</span>
      <input
        className="input"
        type="number"
        min={leastGrace}
        max={mostGrace}
        step={1}
        aria-label={`${say('setup.grace')}: ${label}`}
        aria-invalid={isWrong}
        data-testid="item-grace"
        value={typed ?? String(seconds)}
        onChange={(event) => {
          setTyped(event.target.value);
          if (isGrace(event.target.valueAsNumber)) onSeconds(event.target.valueAsNumber);
        }}
        onBlur={() => setTyped(undefined)}
      />
      <span className="muted">{say('setup.seconds')}</span>
    </label>
  );
}

function isGrace(seconds: number): boolean {
  return Number.isFinite(seconds) && seconds >= leastGrace && seconds <= mostGrace;
}

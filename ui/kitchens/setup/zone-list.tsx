import type { KitchenZone } from '#api/contract/kitchen-setup.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { crossesItself } from '../../shared/zone-geometry.ts';
import { mostZoneNameLength, toneOfUse, unusedUses, zoneUses } from './setup-draft.ts';

interface ZoneListProps {
  readonly zones: readonly KitchenZone[];
  readonly selectedId: string | undefined;
  onSelect: (id: string | undefined) => void;
  /** `step`: what is typed into one field is one step. */
  onChange: (zone: KitchenZone, step?: string) => void;
  onRemove: (id: string) => void;
}

/** The zones that are drawn; the chosen one can be named and given another use. */
export function ZoneList({ zones, selectedId, onSelect, onChange, onRemove }: ZoneListProps) {
  const { say } = useText();
  return (
    <section aria-label={say('setup.zones')}>
      <h2>
        {say('setup.zones')} <span className="muted">{zones.length}</span>
      </h2>
      {zones.length === 0 && (
        <p className="muted small" data-testid="setup-no-zones">
          {say('setup.noZones')}
        </p>
      )}
      <ul className="zone-list">
        {zones.map((zone) => {
          const isOpen = zone.id === selectedId;
          return (
            <li key={zone.id} className={isOpen ? 'open' : ''} data-testid="zone-row" data-use={zone.use}>
              <div className="zone-row">
                <button
                  type="button"
                  className="zone-row-name"
                  aria-expanded={isOpen}
                  onClick={() => onSelect(isOpen ? undefined : zone.id)}
                >
                  <span className={`zone-swatch ${toneOfUse(zone.use)}`} />
                  <span className="one-line">{zone.name}</span>
                  <span className="muted small">{say(`setup.use.${zone.use}`)}</span>
                </button>
                <button
                  type="button"
                  className="button quiet icon small-button"
                  aria-label={`${say('common.remove')}: ${zone.name}`}
                  title={say('common.remove')}
                  data-testid="zone-remove"
                  onClick={() => onRemove(zone.id)}
                >
                  <Icon name="trash" size={16} />
                </button>
              </div>
              {isOpen && (
                <div className="zone-detail">
                  <label className="field">
                    {say('rules.name')}
                    <input
                      className="input"
                      value={zone.name}
                      maxLength={mostZoneNameLength}
                      data-testid="zone-name"
                      aria-invalid={zone.name.trim() === ''}
                      onChange={(event) => onChange({ ...zone, name: event.target.value }, 'name')}
                    />
                  </label>
                  <label className="field">
                    {say('setup.zoneUse')}
                    <select
                      className="input"
                      value={zone.use}
                      data-testid="zone-use"
                      onChange={(event) => {
                        const use = zoneUses.find((one) => one === event.target.value);
                        if (use) onChange({ ...zone, use });
                      }}
                    >
                      {zoneUses.map((use) => (
                        <option key={use} value={use}>
                          {say(`setup.use.${use}`)}
                        </option>
                      ))}
                    </select>
                  </label>
                  <p className="muted small">{say(`setup.use.${zone.use}.what`)}</p>
                  {unusedUses.includes(zone.use) && <p className="muted small">{say('setup.unusedUse')}</p>}
                  {crossesItself(zone.points) && (
                    <div className="notice warn small">
                      <Icon name="warning" size={16} />
                      {say('rules.tangled')}
                    </div>
                  )}
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

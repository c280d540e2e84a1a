import type { HygieneItem } from '#api/contract/kitchen.ts';
import type { KitchenSetup } from '#api/contract/kitchen-setup.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { ItemRow } from './item-row.tsx';
import { OpeningHours } from './opening-hours.tsx';
import { lacksOf, type SetupDraft, withItem } from './setup-draft.ts';

interface ItemsStepProps {
  readonly catalogue: readonly HygieneItem[];
  readonly draft: SetupDraft;
  readonly setup: KitchenSetup;
  onEdit: (draft: SetupDraft, step?: string) => void;
  onZones: () => void;
  onNext: () => void;
}

/** What the kitchen is watched for, and when people may be in it. Items that no model is there for stand last. */
export function ItemsStep({ catalogue, draft, setup, onEdit, onZones, onNext }: ItemsStepProps) {
  const { say } = useText();
  const rows = catalogue.flatMap((item) => {
    const chosen = draft.items.find((one) => one.item === item.code);
    return chosen ? [{ item, chosen, lacks: lacksOf(item, draft, setup) }] : [];
  });
  const usable = rows.filter(({ lacks }) => !lacks.includes('model'));
  const modelless = rows.filter(({ lacks }) => lacks.includes('model'));
  const count = usable.filter(({ chosen, lacks }) => chosen.isOn && lacks.length === 0).length;
  const list = (some: typeof rows) => (
    <ul className="item-list">
      {some.map(({ item, chosen, lacks }) => (
        <ItemRow
          key={item.code}
          item={item}
          chosen={chosen}
          lacks={lacks}
          onChange={(change, step) => onEdit(withItem(draft, item.code, change), step)}
          onZones={onZones}
        />
      ))}
    </ul>
  );
  return (
    <div className="setup-body">
      <div className="setup-main setup-scroll">
        <h2>
          {say('setup.items')} <span className="muted">{say('setup.itemsOn', { count })}</span>
        </h2>
        {list(usable)}
        {modelless.length > 0 && (
          <>
            <h2>{say('setup.modelless')}</h2>
            <p className="muted small">{say('setup.modellessWhat')}</p>
            {list(modelless)}
          </>
        )}
      </div>
      <aside className="setup-side wide">
        <OpeningHours
          hours={draft.openingHours}
          onChange={(openingHours, step) => onEdit({ ...draft, openingHours }, step)}
        />
        <button type="button" className="button primary setup-next" data-testid="setup-next" onClick={onNext}>
          {say('setup.next.trial')}
          <Icon name="right" size={17} />
        </button>
      </aside>
    </div>
  );
}

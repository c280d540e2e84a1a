import { Link } from 'react-router';
import type { Kitchen } from '#api/contract/kitchen.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';
import { type KitchenShow, kitchenShows } from './kitchen-filter.ts';

interface BoardToolbarProps {
  readonly kitchens: readonly Kitchen[];
  readonly text: string;
  readonly district: string | undefined;
  readonly item: string | undefined;
  readonly show: KitchenShow;
  /** Of the address. */
  onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}

/** Narrows the board; what is chosen stands in the address. */
export function BoardToolbar({ kitchens, text, district, item, show, onChange }: BoardToolbarProps) {
  const { say, language } = useText();
  const districts = [...new Set(kitchens.map((kitchen) => kitchen.district))].toSorted((a, b) =>
    a.localeCompare(b, language),
  );
  const items = [...new Set([...kitchens.flatMap((kitchen) => kitchen.openItems), ...(item ? [item] : [])])].toSorted();
  return (
    <div className="board-toolbar">
      <label className="board-search">
        <Icon name="search" size={16} />
        <input
          className="input"
          type="search"
          data-testid="kitchen-search"
          placeholder={say('kitchens.search')}
          aria-label={say('kitchens.search')}
          value={text}
          onChange={(event) => onChange({ q: event.target.value })}
        />
      </label>
      <select
        className="input"
        data-testid="kitchen-district"
        aria-label={say('kitchens.district')}
        value={district ?? ''}
        onChange={(event) => onChange({ district: event.target.value })}
      >
        <option value="">{say('kitchens.allDistricts')}</option>
        {districts.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <select
        className="input"
        data-testid="kitchen-item"
        aria-label={say('kitchens.item')}
        value={item ?? ''}
        onChange={(event) => onChange({ item: event.target.value })}
      >
        <option value="">{say('kitchens.allItems')}</option>
        {items.map((code) => (
          <option key={code} value={code}>
            <ItemName code={code} />
          </option>
        ))}
      </select>
      <select
        className="input"
        data-testid="kitchen-show"
        aria-label={say('kitchens.show')}
        value={show}
        onChange={(event) => onChange({ show: event.target.value === 'all' ? undefined : event.target.value })}
      >
        {kitchenShows.map((name) => (
          <option key={name} value={name}>
            {say(`kitchens.show.${name}`)}
          </option>
        ))}
      </select>
      <span className="board-links">
        <Link className="button quiet" to="/kitchens/report" data-testid="kitchen-report">
          <Icon name="audit" size={16} />
          {say('report.title')}
        </Link>
        <Link className="button quiet" to="/kitchens/quality" data-testid="kitchen-quality">
          <Icon name="filter" size={16} />
          {say('quality.title')}
        </Link>
      </span>
    </div>
  );
}

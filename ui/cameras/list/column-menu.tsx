import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { type Column, columns } from './table-settings.ts';

/** Which columns are shown; remembered. */
export function ColumnMenu({
  chosen,
  onChange,
}: {
  chosen: readonly Column[];
  onChange: (columns: readonly Column[]) => void;
}) {
  const { say } = useText();
  return (
    <>
      <button
        type="button"
        className="button quiet icon columns-button"
        popoverTarget="camera-columns"
        aria-label={say('cameras.columns')}
        title={say('cameras.columns')}
      >
        <Icon name="columns" size={18} />
      </button>
      <div id="camera-columns" popover="auto" className="columns-menu">
        {columns.map((column) => (
          <label key={column} className="check">
            <input
              type="checkbox"
              checked={column === 'name' || chosen.includes(column)}
              disabled={column === 'name'}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, column] : chosen.filter((one) => one !== column))
              }
            />
            {say(`column.${column}`)}
          </label>
        ))}
      </div>
    </>
  );
}

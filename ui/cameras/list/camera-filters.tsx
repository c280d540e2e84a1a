import type { CameraStatus } from '#api/contract/cameras.ts';
import { CameraStatusMark } from '../../shared/camera-status.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import type { ListFilter } from './camera-list.ts';

const modes = ['continuous', 'on_event', 'scheduled', 'off'] as const;

interface CameraFiltersProps {
  readonly filter: ListFilter;
  readonly counts: ReadonlyMap<CameraStatus, number>;
  readonly troubleCount: number;
  readonly total: number;
  readonly areas: readonly string[];
  onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}

/** How many are in which state, worst first; pressing one shows only those. */
export function CameraFilters({ filter, counts, troubleCount, total, areas, onChange }: CameraFiltersProps) {
  const { say } = useText();
  const { status } = filter;
  const toggle = (next: ListFilter['status']) => onChange({ status: next === status ? undefined : next });
  return (
    <div className="camera-filters">
      <div className="status-chips" role="group" aria-label={say('column.state')}>
        <button type="button" className="chip" aria-pressed={status === undefined} onClick={() => toggle(undefined)}>
          {say('common.all')} <b>{total}</b>
        </button>
        {troubleCount > 0 && (
          <button type="button" className="chip" aria-pressed={status === 'trouble'} onClick={() => toggle('trouble')}>
            <Icon name="warning" size={15} />
            {say('cameras.trouble')} <b>{troubleCount}</b>
          </button>
        )}
        {[...counts].map(([one, count]) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={status === one}
            data-testid={`status-${one}`}
            onClick={() => toggle(one)}
          >
            <CameraStatusMark status={one} /> <b>{count}</b>
          </button>
        ))}
      </div>
      {areas.length > 1 && (
        <select
          className="input"
          aria-label={say('camera.area')}
          value={filter.area ?? ''}
          onChange={(event) => onChange({ area: event.target.value })}
        >
          <option value="">{say('cameras.everyArea')}</option>
          {areas.map((area) => (
            <option key={area} value={area}>
              {area}
            </option>
          ))}
        </select>
      )}
      <select
        className="input"
        aria-label={say('column.recording')}
        value={filter.mode ?? ''}
        onChange={(event) => onChange({ rec: event.target.value })}
      >
        <option value="">{say('cameras.everyRecording')}</option>
        {modes.map((mode) => (
          <option key={mode} value={mode}>
            {say(`recording.${mode}`)}
          </option>
        ))}
      </select>
    </div>
  );
}

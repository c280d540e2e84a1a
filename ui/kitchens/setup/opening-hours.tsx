import type { KitchenDraft } from '#api/contract/kitchen-setup.ts';
import { browserTimeZone, isTimeZone, type RecordingWindow, weekDays } from '../../cameras/edit/schedule.ts';
import { ScheduleEditor } from '../../cameras/edit/schedule-editor.tsx';
import { type TextKey, useText } from '../../shared/i18n.ts';

type Hours = KitchenDraft['openingHours'];

const presets: readonly { readonly key: TextKey; readonly windows: readonly RecordingWindow[] }[] = [
  { key: 'hours.daily', windows: [{ days: [...weekDays], from: '09:00', to: '21:30' }] },
  { key: 'hours.canteen', windows: [{ days: [1, 2, 3, 4, 5], from: '05:30', to: '19:30' }] },
  { key: 'hours.night', windows: [{ days: [...weekDays], from: '16:00', to: '02:00' }] },
  { key: 'hours.always', windows: [{ days: [...weekDays], from: '00:00', to: '24:00' }] },
];

interface OpeningHoursProps {
  readonly hours: Hours;
  onChange: (hours: Hours, step?: string) => void;
}

/** When people may be in the kitchen, preparing and cleaning included; one press sets a usual week. */
export function OpeningHours({ hours, onChange }: OpeningHoursProps) {
  const { say } = useText();
  const timeZone = hours?.timeZone ?? browserTimeZone();
  const set = (windows: readonly RecordingWindow[], step?: string) =>
    onChange(windows.length === 0 ? undefined : { timeZone, windows: [...windows] }, step);
  const shown = JSON.stringify(hours?.windows);
  return (
    <section className="hours" aria-label={say('hours.title')} data-testid="opening-hours">
      <h2>{say('hours.title')}</h2>
      <p className="muted small">{say('hours.what')}</p>
      <div className="hours-presets">
        {presets.map(({ key, windows }) => (
          <button
            key={key}
            type="button"
            className="button"
            aria-pressed={shown === JSON.stringify(windows)}
            data-testid={key.replace('.', '-')}
            onClick={() => set(windows)}
          >
            {say(key)}
          </button>
        ))}
        <button
          type="button"
          className="button quiet"
          data-testid="hours-none"
          disabled={hours === undefined}
          onClick={() => onChange(undefined)}
        >
          {say('hours.unset')}
        </button>
      </div>
      {hours === undefined && <p className="muted small">{say('hours.none')}</p>}
      <ScheduleEditor
        windows={hours?.windows ?? []}
        timeZone={timeZone}
        usual={[]}
        sum="hours.week"
        isWindowWrong={false}
        isZoneWrong={hours !== undefined && !isTimeZone(timeZone)}
        onWindows={(windows) => set(windows)}
        onTimeZone={(zone) => hours && onChange({ ...hours, timeZone: zone }, 'time zone')}
      />
    </section>
  );
}

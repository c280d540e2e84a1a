import { useId, useState } from 'react';
import { type TextKey, useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import {
  type Day,
  hoursOfWeek,
  parseClock,
  parseWindow,
  type RecordingWindow,
  spansOfDay,
  weekDays,
} from './schedule.ts';

interface ScheduleEditorProps {
  readonly windows: readonly RecordingWindow[];
  readonly timeZone: string;
  readonly isWindowWrong: boolean;
  readonly isZoneWrong: boolean;
  /** Windows that one press adds. @default those usual for recording */
  readonly usual?: readonly { readonly key: TextKey; readonly window: RecordingWindow }[];
  /** What the hours are, with `{{hours}}` of a week. @default recorded ones */
  readonly sum?: TextKey;
  onWindows: (windows: readonly RecordingWindow[]) => void;
  onTimeZone: (timeZone: string) => void;
}

const usualRecording: readonly {
  key: 'schedule.workdays' | 'schedule.nights' | 'schedule.weekend';
  window: RecordingWindow;
}[] = [
  { key: 'schedule.workdays', window: { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' } },
  { key: 'schedule.nights', window: { days: [...weekDays], from: '18:00', to: '08:00' } },
  { key: 'schedule.weekend', window: { days: [6, 7], from: '00:00', to: '24:00' } },
];

/** The windows of a week: a line typed (`1-5 8-18`, Enter) or a usual one pressed adds one; below, the week as it will be. */
export function ScheduleEditor(props: ScheduleEditorProps) {
  const { windows, timeZone, onWindows, usual = usualRecording, sum = 'schedule.week' } = props;
  const { say } = useText();
  const [line, setLine] = useState('');
  const [isUnclear, setUnclear] = useState(false);
  const zones = useId();
  const add = (window: RecordingWindow) => onWindows([...windows, window]);
  const addLine = () => {
    const window = parseWindow(line);
    setUnclear(!window);
    if (!window) return;
    add(window);
    setLine('');
  };
  return (
    <div className="schedule wide">
      <div className="schedule-add">
        <label className="field">
          <span>{say('schedule.add')}</span>
          <input
            className="input"
            data-testid="schedule-line"
            placeholder={say('schedule.example')}
            aria-invalid={isUnclear || (props.isWindowWrong && windows.length === 0)}
            value={line}
            onChange={(event) => {
              setLine(event.target.value);
              setUnclear(false);
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
              // Enter adds the line; with none it sends the form as everywhere.
              if (line.trim() === '') return;
              event.preventDefault();
              addLine();
            }}
            onBlur={() => line.trim() !== '' && addLine()}
          />
          <span className={isUnclear || props.isWindowWrong ? 'wrong' : 'hint'} role={isUnclear ? 'alert' : undefined}>
            {say(isUnclear ? 'schedule.unclear' : props.isWindowWrong ? 'wrong.windows' : 'schedule.hint')}
          </span>
        </label>
        <div className="schedule-usual">
          {usual.map(({ key, window }) => (
            <button key={key} type="button" className="button small-button" onClick={() => add(window)}>
              <Icon name="plus" size={14} />
              {say(key)}
            </button>
          ))}
        </div>
      </div>
      {windows.length > 0 && (
        <ol className="schedule-windows">
          {windows.map((window, index) => (
            <WindowRow
              // Lines have no name of their own; their place is all that tells them apart.
              key={index}
              window={window}
              onChange={(next) => onWindows(windows.map((one, at) => (at === index ? next : one)))}
              onRemove={() => onWindows(windows.filter((_, at) => at !== index))}
            />
          ))}
        </ol>
      )}
      {(windows.length > 0 || props.sum === undefined) && <WeekStrip windows={windows} sum={sum} />}
      <label className="field">
        <span>{say('schedule.timeZone')}</span>
        <input
          className="input"
          list={zones}
          spellCheck={false}
          aria-invalid={props.isZoneWrong}
          value={timeZone}
          onChange={(event) => props.onTimeZone(event.target.value)}
        />
        {props.isZoneWrong && <span className="wrong">{say('wrong.timeZone')}</span>}
        <datalist id={zones}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </label>
    </div>
  );
}

function WindowRow({
  window,
  onChange,
  onRemove,
}: {
  window: RecordingWindow;
  onChange: (window: RecordingWindow) => void;
  onRemove: () => void;
}) {
  const { say } = useText();
  const toggle = (day: Day) => {
    const days = window.days.includes(day) ? window.days.filter((one) => one !== day) : [...window.days, day];
    // A window without a day is none; the last one stays.
    if (days.length > 0) onChange({ ...window, days: weekDays.filter((one) => days.includes(one)) });
  };
  return (
    <li className="schedule-window">
      <div
        className="segmented"
        role="group"
        aria-label={say('schedule.days')}
        onKeyDown={(event) => {
          const day = weekDays.find((one) => String(one) === event.key);
          if (day) toggle(day);
        }}
      >
        {weekDays.map((day) => (
          <button key={day} type="button" aria-pressed={window.days.includes(day)} onClick={() => toggle(day)}>
            {say(`day.${day}`)}
          </button>
        ))}
      </div>
      <ClockField
        label={say('schedule.from')}
        value={window.from}
        isEnd={false}
        onChange={(from) => onChange({ ...window, from })}
      />
      <span aria-hidden="true">–</span>
      <ClockField label={say('schedule.to')} value={window.to} isEnd onChange={(to) => onChange({ ...window, to })} />
      <span className="muted small schedule-next">{window.to <= window.from ? say('schedule.nextDay') : ''}</span>
      <button
        type="button"
        className="button quiet icon small-button"
        aria-label={say('schedule.remove')}
        onClick={onRemove}
      >
        <Icon name="trash" size={16} />
      </button>
    </li>
  );
}

/** Takes `8`, `830`, `8:30`; puts back what it was when it is no time. */
function ClockField(props: { label: string; value: string; isEnd: boolean; onChange: (value: string) => void }) {
  const [text, setText] = useState<string>();
  const settle = () => {
    const clock = text === undefined ? undefined : parseClock(text);
    if (clock !== undefined && (props.isEnd || clock !== '24:00')) props.onChange(clock);
    setText(undefined);
  };
  return (
    <input
      className="input schedule-clock"
      inputMode="numeric"
      aria-label={props.label}
      value={text ?? props.value}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        settle();
      }}
    />
  );
}

function WeekStrip({ windows, sum }: { windows: readonly RecordingWindow[]; sum: TextKey }) {
  const { say } = useText();
  return (
    <div className="week" role="img" aria-label={say(sum, { hours: hoursOfWeek(windows) })}>
      <div className="week-row week-hours">
        <span />
        <div>
          {[0, 6, 12, 18, 24].map((hour) => (
            <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
              {hour}
            </span>
          ))}
        </div>
      </div>
      {weekDays.map((day) => (
        <div key={day} className="week-row">
          <span>{say(`day.${day}`)}</span>
          <div className="week-day">
            {spansOfDay(windows, day).map((span) => (
              <span
                key={`${span.from}-${span.to}`}
                style={{ left: `${span.from * 100}%`, width: `${(span.to - span.from) * 100}%` }}
              />
            ))}
          </div>
        </div>
      ))}
      <div className="muted small">{say(sum, { hours: hoursOfWeek(windows) })}</div>
    </div>
  );
}

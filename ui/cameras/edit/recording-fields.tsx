import { useText } from '../../shared/i18n.ts';
import type { RecordingDefaults } from '../list/camera-list.ts';
import {
  formatHours,
  type RecordingForm,
  recordingModes,
  type RecordingNumber,
  type WrongRecordingField,
} from './recording-form.ts';
import { ScheduleEditor } from './schedule-editor.tsx';

interface RecordingFieldsProps {
  readonly form: RecordingForm;
  readonly wrong: readonly string[];
  readonly defaults: RecordingDefaults | undefined;
  onChange: (form: RecordingForm) => void;
}

/** What is recorded, in which pieces, and for how long it is kept. */
export function RecordingFields({ form, wrong, defaults, onChange }: RecordingFieldsProps) {
  const { say } = useText();
  const isWrong = (name: WrongRecordingField): boolean => wrong.includes(name);
  const number = (name: RecordingNumber, placeholder: string) => (
    <input
      className="input"
      inputMode="numeric"
      autoComplete="off"
      data-testid={`camera-field-${name}`}
      aria-label={say(`camera.${name}`)}
      aria-invalid={isWrong(name)}
      placeholder={placeholder}
      value={form[name]}
      onChange={(event) => onChange({ ...form, [name]: event.target.value })}
    />
  );
  const seconds = (name: RecordingNumber, placeholder: string) => (
    <label className="field">
      <span>{say(`camera.${name}`)}</span>
      <span className="with-unit">
        {number(name, placeholder)}
        <span className="muted">{say('unit.seconds')}</span>
      </span>
      {isWrong(name) && <span className="wrong">{say(`wrong.${name}`)}</span>}
    </label>
  );
  const inUnit = defaults && (form.retentionUnit === 'days' ? defaults.retentionHours / 24 : defaults.retentionHours);
  return (
    <fieldset className="fields">
      <legend>{say('camera.recording')}</legend>
      <div className="field wide">
        <div className="segmented modes" role="group" aria-label={say('camera.recording')}>
          {recordingModes.map((mode) => (
            <button
              key={mode}
              type="button"
              data-testid={`recording-${mode}`}
              aria-pressed={form.mode === mode}
              onClick={() => onChange({ ...form, mode })}
            >
              {say(`recording.${mode}`)}
            </button>
          ))}
        </div>
        <span className="hint">{say(`recording.${form.mode}.what`)}</span>
      </div>
      {form.mode === 'on_event' && (
        <>
          {seconds('preRollSeconds', '5')}
          {seconds('postRollSeconds', '10')}
        </>
      )}
      {form.mode === 'scheduled' && (
        <ScheduleEditor
          windows={form.windows}
          timeZone={form.timeZone}
          isWindowWrong={isWrong('windows')}
          isZoneWrong={isWrong('timeZone')}
          onWindows={(windows) => onChange({ ...form, windows })}
          onTimeZone={(timeZone) => onChange({ ...form, timeZone })}
        />
      )}
      <label className="field">
        <span>{say('camera.retention')}</span>
        <span className="with-unit">
          {number('retention', inUnit === undefined ? '' : String(Math.round(inUnit * 10) / 10))}
          <select
            className="input"
            aria-label={say('camera.retentionUnit')}
            value={form.retentionUnit}
            onChange={(event) =>
              onChange({ ...form, retentionUnit: event.target.value === 'hours' ? 'hours' : 'days' })
            }
          >
            <option value="days">{say('unit.days')}</option>
            <option value="hours">{say('unit.hours')}</option>
          </select>
        </span>
        {isWrong('retention') ? (
          <span className="wrong">{say('wrong.retention')}</span>
        ) : (
          defaults && (
            <span className="hint">
              {say('camera.emptyMeans', { value: formatHours(defaults.retentionHours, say) })}
            </span>
          )
        )}
      </label>
      {form.mode !== 'off' && seconds('segmentSeconds', defaults ? String(defaults.segmentSeconds) : '')}
    </fieldset>
  );
}

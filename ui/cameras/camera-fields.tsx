import type { ReactNode } from 'react';
import { type TextKey, useText } from '../shared/i18n.ts';
import { type CameraForm, withPastedUrl, type WrongField } from './camera-form.ts';

interface CameraFieldsProps {
  readonly form: CameraForm;
  readonly wrong: readonly WrongField[];
  readonly hasPassword: boolean;
  readonly areas: readonly string[];
  onChange: (form: CameraForm) => void;
  /** Between the source and the rest: where the probe goes. */
  readonly children?: ReactNode;
}

type TextField = {
  [Name in keyof CameraForm]: CameraForm[Name] extends boolean ? never : string extends CameraForm[Name] ? Name : never;
}[keyof CameraForm];

export function CameraFields({ form, wrong, hasPassword, areas, onChange, children }: CameraFieldsProps) {
  const { say } = useText();
  const text = (
    name: TextField,
    label: TextKey,
    more: { hint?: TextKey; type?: string; list?: string; isOptional?: boolean } = {},
  ) => (
    <label className="field">
      <span>
        {say(label)}
        {more.isOptional && <span className="hint"> · {say('common.optional')}</span>}
      </span>
      <input
        className="input"
        type={more.type ?? 'text'}
        list={more.list}
        autoComplete={more.type === 'password' ? 'new-password' : 'off'}
        spellCheck={false}
        data-testid={`camera-field-${name}`}
        aria-invalid={wrong.some((field) => field === name)}
        value={form[name]}
        onChange={(event) =>
          onChange(name === 'url' ? withPastedUrl(form, event.target.value) : { ...form, [name]: event.target.value })
        }
      />
      {more.hint && <span className="hint">{say(more.hint)}</span>}
    </label>
  );
  return (
    <>
      <fieldset className="fields">
        <legend>{say('camera.source')}</legend>
        <div className="wide">{text('url', 'camera.url', { hint: 'camera.urlHint' })}</div>
        {text('username', 'camera.username', { isOptional: true })}
        {text(
          'password',
          'camera.password',
          hasPassword ? { type: 'password', hint: 'camera.passwordKept' } : { type: 'password', isOptional: true },
        )}
        <div className="wide">{text('subUrl', 'camera.subUrl', { isOptional: true })}</div>
      </fieldset>
      {children}
      <fieldset className="fields">
        <legend>{say('camera.identity')}</legend>
        <div className="wide">{text('name', 'camera.name')}</div>
        {text('number', 'camera.number', { isOptional: true })}
        {text('area', 'camera.area', { list: 'camera-areas', isOptional: true })}
        <datalist id="camera-areas">
          {areas.map((area) => (
            <option key={area} value={area} />
          ))}
        </datalist>
        {text('latitude', 'camera.latitude', { isOptional: true })}
        {text('longitude', 'camera.longitude', { isOptional: true })}
      </fieldset>
      <fieldset className="fields">
        <legend>{say('camera.work')}</legend>
        <label className="field">
          {say('camera.scene')}
          <select
            className="input"
            value={form.scene}
            onChange={(event) => onChange({ ...form, scene: event.target.value === 'kitchen' ? 'kitchen' : 'road' })}
          >
            <option value="road">{say('camera.scene.road')}</option>
            <option value="kitchen">{say('camera.scene.kitchen')}</option>
          </select>
        </label>
        <label className="field">
          {say('camera.analysis')}
          <select
            className="input"
            value={form.analysis}
            onChange={(event) =>
              onChange({ ...form, analysis: analyses.find((mode) => mode === event.target.value) ?? 'off' })
            }
          >
            {analyses.map((mode) => (
              <option key={mode} value={mode}>
                {say(`camera.analysis.${mode}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={form.recording.mode !== 'off'}
            onChange={(event) =>
              onChange({
                ...form,
                recording: { ...form.recording, mode: event.target.checked ? 'continuous' : 'off' },
              })
            }
          />
          {say('camera.isRecording')}
        </label>
        {form.analysis === 'fps' && text('analysisFps', 'camera.analysisFps')}
      </fieldset>
    </>
  );
}

const analyses = ['off', 'keyframes', 'fps'] as const;

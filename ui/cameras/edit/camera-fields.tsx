import type { ReactNode } from 'react';
import { type TextKey, useText } from '../../shared/i18n.ts';
import type { RecordingDefaults } from '../list/camera-list.ts';
import { type CameraForm, isEncrypted, withPastedUrl, type WrongField } from './camera-form.ts';
import { Fingerprint } from './fingerprint.tsx';
import { RecordingFields } from './recording-fields.tsx';

interface CameraFieldsProps {
  readonly form: CameraForm;
  readonly wrong: readonly WrongField[];
  readonly hasPassword: boolean;
  readonly areas: readonly string[];
  readonly defaults: RecordingDefaults | undefined;
  onChange: (form: CameraForm) => void;
  /** Between the source and the rest: where the probe goes. */
  readonly children?: ReactNode;
}

type TextField =
  | 'name'
  | 'number'
  | 'area'
  | 'url'
  | 'subUrl'
  | 'username'
  | 'password'
  | 'latitude'
  | 'longitude'
  | 'analysisFps';

const analyses = ['off', 'keyframes', 'fps'] as const;
const transports = ['auto', 'tcp', 'udp'] as const;
const sentences: Partial<Record<TextField, TextKey>> = {
  name: 'wrong.name',
  url: 'wrong.url',
  subUrl: 'wrong.url',
  latitude: 'wrong.latitude',
  longitude: 'wrong.longitude',
  analysisFps: 'wrong.analysisFps',
};

export function CameraFields({ form, wrong, hasPassword, areas, defaults, onChange, children }: CameraFieldsProps) {
  const { say } = useText();
  const text = (
    name: TextField,
    label: TextKey,
    more: { hint?: TextKey; type?: string; list?: string; isOptional?: boolean } = {},
  ) => {
    const isWrong = wrong.some((field) => field === name);
    const sentence = sentences[name];
    return (
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
          aria-invalid={isWrong}
          value={form[name]}
          onChange={(event) =>
            onChange(name === 'url' ? withPastedUrl(form, event.target.value) : { ...form, [name]: event.target.value })
          }
        />
        {isWrong && sentence ? (
          <span className="wrong">{say(sentence)}</span>
        ) : (
          more.hint && <span className="hint">{say(more.hint)}</span>
        )}
      </label>
    );
  };
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
        <div className="wide">{text('subUrl', 'camera.subUrl', { isOptional: true, hint: 'camera.subUrlHint' })}</div>
        <div className="field wide">
          <span>{say('camera.transport')}</span>
          <div className="segmented" role="group" aria-label={say('camera.transport')}>
            {transports.map((transport) => (
              <button
                key={transport}
                type="button"
                aria-pressed={form.transport === transport}
                disabled={isEncrypted(form.url) && transport === 'udp'}
                onClick={() => onChange({ ...form, transport })}
              >
                {say(`transport.${transport}`)}
              </button>
            ))}
          </div>
          <span className="hint">
            {say(isEncrypted(form.url) ? 'transport.encrypted' : `transport.${form.transport}.what`)}
          </span>
        </div>
        {isEncrypted(form.url) && (
          <div className="field wide">
            <span>{say('certificate.title')}</span>
            {form.certificateSha256 === '' ? (
              <span className="hint">{say('certificate.none')}</span>
            ) : (
              <div className="trusted-certificate">
                <Fingerprint sha256={form.certificateSha256} />
                <button
                  type="button"
                  className="button small-button"
                  onClick={() => onChange({ ...form, certificateSha256: '' })}
                >
                  {say('certificate.forget')}
                </button>
              </div>
            )}
          </div>
        )}
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
      <RecordingFields
        form={form.recording}
        wrong={wrong}
        defaults={defaults}
        onChange={(recording) => onChange({ ...form, recording })}
      />
      <fieldset className="fields">
        <legend>{say('camera.analysis')}</legend>
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
          {say('camera.analysed')}
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
        {form.analysis === 'fps' && text('analysisFps', 'camera.analysisFps')}
      </fieldset>
    </>
  );
}

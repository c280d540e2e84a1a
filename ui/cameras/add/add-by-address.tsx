import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Camera, ProbeRequest } from '#api/contract/cameras.ts';
import { sendJson } from '../../shared/api-client.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { showToast } from '../../shared/toast.tsx';
import { type CameraForm, withPastedUrl } from '../edit/camera-form.ts';
import { FoundCameraCard } from './found-camera-card.tsx';
import { foundInput, suggestName } from './found-input.ts';
import { ProbeSteps } from './probe-steps.tsx';
import { TrustCertificate } from './trust-certificate.tsx';
import { isPassed, useProbe } from './use-probe.ts';

export interface AddressForm {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** What the camera calls itself, when it was discovered. */
  readonly givenName: string | undefined;
}
export const emptyAddress: AddressForm = { url: '', username: '', password: '', givenName: undefined };

interface AddByAddressProps {
  readonly cameras: readonly Camera[];
  readonly areas: readonly string[];
  readonly form: AddressForm;
  onForm: (form: AddressForm) => void;
  onByHand: (known: Partial<CameraForm>) => void;
  onOpen: (cameraId: string) => void;
  onClose: () => void;
}

function requestOf({ url, username, password }: AddressForm): ProbeRequest {
  return {
    url: url.trim(),
    ...(username.trim() === '' ? {} : { username: username.trim() }),
    ...(password === '' ? {} : { password }),
  };
}

/** Address, user name and password are enough: the rest is asked of the camera. */
export function AddByAddress({ cameras, areas, form, onForm, onByHand, onOpen, onClose }: AddByAddressProps) {
  const { say } = useText();
  const client = useQueryClient();
  const probe = useProbe();
  const [asked, setAsked] = useState<ProbeRequest>();
  const [name, setName] = useState('');
  const [area, setArea] = useState('');
  const [scene, setScene] = useState<Camera['scene']>('road');
  const addressField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  // With an address picked from the network only the password is missing.
  useEffect(() => (addressField.current?.value ? passwordField : addressField).current?.focus(), []);

  const { result } = probe;
  const foundResult = result && isPassed(result) ? result : undefined;
  const isFound = foundResult !== undefined;
  const start = async (body: ProbeRequest) => {
    setAsked(body);
    const outcome = await probe.start(body);
    if (!outcome || !isPassed(outcome)) return;
    const taken = new Set(cameras.map((camera) => camera.name));
    setName(suggestName(body.url, { found: outcome.found, given: form.givenName }, taken));
  };
  const edit = (next: AddressForm) => {
    // What was found belongs to what was asked.
    if (result || probe.error !== undefined) probe.cancel();
    onForm(next);
  };
  const add = useMutation({
    mutationFn: () => {
      if (!asked || !result) throw new Error('nothing was found yet');
      return sendJson<Camera>('POST', '/api/cameras', foundInput(asked, result, { name, area, scene }));
    },
    onSuccess: (camera) => {
      void client.invalidateQueries({ queryKey: ['cameras'] });
      showToast(say('camera.added', { name: camera.name }), {
        label: say('add.open'),
        run: () => onOpen(camera.id),
      });
    },
  });
  const addOne = async (isLast: boolean) => {
    await add.mutateAsync();
    if (isLast) return onClose();
    // The next one often has the same user and password.
    probe.cancel();
    onForm({ ...form, url: '', givenName: undefined });
    addressField.current?.focus();
  };
  const byHand = () => {
    const url = /^rtsps?:\/\//i.test(form.url) ? form.url : 'rtsp://';
    onByHand({ url, username: form.username, password: form.password });
  };
  const field = (id: 'url' | 'username' | 'password') => ({
    className: 'input',
    spellCheck: false,
    'data-testid': `add-${id}`,
    value: form[id],
  });
  return (
    <>
      <form
        className="add-address"
        onSubmit={(event) => {
          event.preventDefault();
          if (form.url.trim() !== '') void start(requestOf(form));
        }}
      >
        <label className="field wide">
          <span>{say('add.url')}</span>
          <input
            ref={addressField}
            {...field('url')}
            autoComplete="off"
            placeholder={say('add.urlExample')}
            onChange={(event) => edit(withPastedUrl({ ...form, givenName: undefined }, event.target.value))}
          />
        </label>
        <label className="field">
          <span>{say('camera.username')}</span>
          <input
            {...field('username')}
            autoComplete="off"
            onChange={(event) => edit({ ...form, username: event.target.value })}
          />
        </label>
        <label className="field">
          <span>{say('camera.password')}</span>
          <input
            ref={passwordField}
            {...field('password')}
            type="password"
            autoComplete="new-password"
            onChange={(event) => edit({ ...form, password: event.target.value })}
          />
        </label>
        <div className="add-connect">
          {probe.isRunning ? (
            <button type="button" className="button" onClick={probe.cancel}>
              {say('common.cancel')}
            </button>
          ) : (
            <button
              type="submit"
              className={isFound ? 'button' : 'button primary'}
              data-testid="add-connect"
              disabled={form.url.trim() === ''}
            >
              {say(result ? 'add.connectAgain' : 'add.connect')}
            </button>
          )}
        </div>
      </form>
      {!isFound && <ProbeSteps probe={probe} />}
      {result?.certificateSha256 && asked && (
        <TrustCertificate
          sha256={result.certificateSha256}
          onTrust={(certificateSha256) => void start({ ...asked, certificateSha256 })}
        />
      )}
      {result && !isFound && (
        <div className="add-by-hand small muted">
          {say('add.cannotReach')}{' '}
          <button type="button" className="button quiet small-button" onClick={byHand}>
            {say('add.byHand')}
          </button>
        </div>
      )}
      {foundResult && (
        <form
          className="camera-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') void addOne(true).catch(() => undefined);
          }}
        >
          <FoundCameraCard result={foundResult} />
          <div className="fields add-fields">
            <label className="field wide">
              <span>{say('camera.name')}</span>
              <input
                className="input"
                data-testid="add-name"
                maxLength={80}
                autoFocus
                value={name}
                onFocus={(event) => event.target.select()}
                onChange={(event) => setName(event.target.value)}
              />
            </label>
            <label className="field">
              <span>
                {say('camera.area')}
                <span className="hint"> · {say('common.optional')}</span>
              </span>
              <input
                className="input"
                list="add-areas"
                maxLength={80}
                value={area}
                onChange={(event) => setArea(event.target.value)}
              />
              <datalist id="add-areas">
                {areas.map((one) => (
                  <option key={one} value={one} />
                ))}
              </datalist>
            </label>
            <label className="field">
              <span>{say('camera.scene')}</span>
              <select
                className="input"
                value={scene}
                onChange={(event) => setScene(event.target.value === 'kitchen' ? 'kitchen' : 'road')}
              >
                <option value="road">{say('camera.scene.road')}</option>
                <option value="kitchen">{say('camera.scene.kitchen')}</option>
              </select>
            </label>
          </div>
          {add.isError && <ErrorNotice error={add.error} />}
          <div className="dialog-foot sticky">
            <span className="muted small add-note">{say('add.laterNote')}</span>
            <button
              type="button"
              className="button"
              disabled={name.trim() === '' || add.isPending}
              onClick={() => void addOne(false).catch(() => undefined)}
            >
              {say('add.andNext')}
            </button>
            <button
              type="submit"
              className="button primary"
              data-testid="add-save"
              disabled={name.trim() === '' || add.isPending}
            >
              <Icon name="plus" size={18} />
              {say('cameras.add')}
            </button>
          </div>
        </form>
      )}
    </>
  );
}

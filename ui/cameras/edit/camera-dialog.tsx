import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Camera, ProbeRequest } from '#api/contract/cameras.ts';
import { sendJson } from '../../shared/api-client.ts';
import { Dialog } from '../../shared/dialog.tsx';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { showToast } from '../../shared/toast.tsx';
import { ProbeSteps } from '../add/probe-steps.tsx';
import { TrustCertificate } from '../add/trust-certificate.tsx';
import { useProbe } from '../add/use-probe.ts';
import type { RecordingDefaults } from '../list/camera-list.ts';
import { CameraFields } from './camera-fields.tsx';
import { type CameraForm, emptyForm, formOf, inputOf, isEncrypted, wrongFields } from './camera-form.ts';

interface CameraDialogProps {
  /** Left out: a new one, entered by hand. */
  readonly camera?: Camera;
  /** What is known of a new one. */
  readonly known?: Partial<CameraForm>;
  readonly areas: readonly string[];
  readonly defaults: RecordingDefaults | undefined;
  onClose: () => void;
}

/** Everything that is stored of a camera. The connection can be tested before anything is. */
export function CameraDialog({ camera, known, areas, defaults, onClose }: CameraDialogProps) {
  const { say } = useText();
  const client = useQueryClient();
  const [form, setForm] = useState<CameraForm>(camera ? formOf(camera) : { ...emptyForm, ...known });
  const wrong = wrongFields(form);
  const probe = useProbe();
  // The first field that is wrong may lie far up in a long form: it is brought into sight at each try to save.
  const formElement = useRef<HTMLFormElement>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (tries > 0) formElement.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);
  const test = (certificateSha256 = form.certificateSha256) => probe.start(probeOf({ ...form, certificateSha256 }));
  /** The streams and ONVIF facts as the camera itself tells them. */
  const readFromCamera = async () => {
    const result = await probe.start({ ...probeOf(form), url: onvifAddress(form.url, camera?.onvif?.serviceUrl) });
    const found = result?.found;
    if (!found?.onvif) return;
    const urlOf = (kind: 'main' | 'sub') => found.streams.find((stream) => stream.kind === kind)?.url;
    setForm((before) => ({
      ...before,
      url: urlOf('main') ?? before.url,
      subUrl: urlOf('sub') ?? before.subUrl,
      onvif: found.onvif,
    }));
    showToast(say('camera.readDone'));
  };
  const save = useMutation({
    mutationFn: () => {
      const input = inputOf(form, camera?.rules ?? []);
      return camera
        ? sendJson<Camera>('PUT', `/api/cameras/${camera.id}`, input)
        : sendJson<Camera>('POST', '/api/cameras', input);
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['cameras'] });
      showToast(say(camera ? 'camera.saved' : 'camera.added', { name: form.name.trim() }));
      onClose();
    },
  });
  const isPasswordMissing = camera?.hasPassword === true && form.password === '';
  return (
    <Dialog title={camera ? `${say('common.edit')} · ${camera.name}` : say('add.byHand')} onClose={onClose}>
      <form
        className="camera-form"
        ref={formElement}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong.length === 0) save.mutate();
          else setTries((count) => count + 1);
        }}
      >
        <CameraFields
          form={form}
          wrong={tries > 0 ? wrong : []}
          hasPassword={camera?.hasPassword ?? false}
          areas={areas}
          defaults={defaults}
          onChange={setForm}
        >
          <div className="probe-area">
            <div className="probe-buttons">
              <button
                type="button"
                className="button"
                data-testid="probe-start"
                disabled={wrong.includes('url') || probe.isRunning}
                onClick={() => void test()}
              >
                {say(probe.isRunning ? 'probe.testing' : 'probe.test')}
              </button>
              <button
                type="button"
                className="button"
                disabled={wrong.includes('url') || probe.isRunning}
                onClick={() => void readFromCamera()}
              >
                <Icon name="refresh" size={16} />
                {say('camera.readOnvif')}
              </button>
              {probe.isRunning && (
                <button type="button" className="button quiet" onClick={probe.cancel}>
                  {say('common.cancel')}
                </button>
              )}
            </div>
            {isPasswordMissing && <span className="muted small">{say('probe.passwordAgain')}</span>}
            <ProbeSteps probe={probe} />
            {probe.result?.certificateSha256 && isEncrypted(form.url) && (
              <TrustCertificate
                sha256={probe.result.certificateSha256}
                onTrust={(certificateSha256) => {
                  setForm((before) => ({ ...before, certificateSha256 }));
                  void test(certificateSha256);
                }}
              />
            )}
          </div>
        </CameraFields>
        {save.isError && <ErrorNotice error={save.error} />}
        {tries > 0 && wrong.length > 0 && (
          <div className="notice bad" role="alert">
            <Icon name="warning" size={18} />
            {say('camera.someWrong', { count: wrong.length })}
          </div>
        )}
        <div className="dialog-foot sticky">
          <button type="button" className="button" onClick={onClose}>
            {say('common.cancel')}
          </button>
          <button type="submit" className="button primary" data-testid="camera-save" disabled={save.isPending}>
            {say(camera ? 'common.save' : 'cameras.add')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function probeOf(form: CameraForm): ProbeRequest {
  return {
    url: form.url.trim(),
    transport: form.transport,
    ...(form.username.trim() === '' ? {} : { username: form.username.trim() }),
    ...(form.password === '' ? {} : { password: form.password }),
    ...(form.certificateSha256 === '' ? {} : { certificateSha256: form.certificateSha256 }),
  };
}

/** Where ONVIF is looked for: where it was found before, or else at the host of the stream. */
function onvifAddress(url: string, known: string | undefined): string {
  const host = hostOf(url);
  return known !== undefined && hostOf(known) === host ? known : host;
}

function hostOf(url: string): string {
  return /^[a-z]+:\/\/(\[[^\]]+\]|[^/:]+)/i.exec(url.trim())?.[1] ?? url.trim();
}

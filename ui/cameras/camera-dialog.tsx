import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Camera, ProbeRequest, ProbeResult } from '#api/contract/cameras.ts';
import { sendJson } from '../shared/api-client.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { showToast } from '../shared/toast.tsx';
import { CameraFields } from './camera-fields.tsx';
import { type CameraForm, emptyForm, formOf, inputOf, wrongFields } from './camera-form.ts';
import { ProbeSteps } from './probe-steps.tsx';

/** Adds a camera, or edits the given one. The connection can be tested before anything is stored. */
export function CameraDialog({
  camera,
  areas,
  onClose,
}: {
  camera?: Camera;
  areas: readonly string[];
  onClose: () => void;
}) {
  const { say } = useText();
  const client = useQueryClient();
  const [form, setForm] = useState<CameraForm>(camera ? formOf(camera) : emptyForm);
  const [isChecked, setChecked] = useState(false);
  const wrong = wrongFields(form);
  const probe = useMutation({
    mutationFn: () => {
      const body: ProbeRequest = {
        url: form.url.trim(),
        ...(form.username.trim() === '' ? {} : { username: form.username.trim() }),
        ...(form.password === '' ? {} : { password: form.password }),
      };
      return sendJson<ProbeResult>('POST', '/api/cameras/probe', body);
    },
  });
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
  return (
    <Dialog title={camera ? `${say('common.edit')} · ${camera.name}` : say('cameras.add')} onClose={onClose}>
      <form
        className="camera-form"
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (wrong.length === 0) save.mutate();
        }}
      >
        <CameraFields
          form={form}
          wrong={isChecked ? wrong : []}
          hasPassword={camera?.hasPassword ?? false}
          areas={areas}
          onChange={setForm}
        >
          <div className="probe-area">
            <button
              type="button"
              className="button"
              data-testid="probe-start"
              disabled={wrong.includes('url') || probe.isPending}
              onClick={() => probe.mutate()}
            >
              {say(probe.isPending ? 'probe.testing' : 'probe.test')}
            </button>
            {probe.data && <ProbeSteps result={probe.data} />}
            {probe.isError && <ErrorNotice error={probe.error} />}
          </div>
        </CameraFields>
        {save.isError && <ErrorNotice error={save.error} />}
        <div className="dialog-foot">
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

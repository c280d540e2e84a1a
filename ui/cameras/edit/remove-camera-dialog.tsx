import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { sendJson } from '../../shared/api-client.ts';
import { Dialog } from '../../shared/dialog.tsx';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { showToast } from '../../shared/toast.tsx';

/** The stored password never comes back, so a removed camera cannot be put back: it is confirmed by its name. */
export function RemoveCameraDialog({
  camera,
  onClose,
  onRemoved,
}: {
  camera: Camera;
  onClose: () => void;
  onRemoved: () => void;
}) {
  const { say } = useText();
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const remove = useMutation({
    mutationFn: () => sendJson('DELETE', `/api/cameras/${camera.id}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['cameras'] });
      showToast(say('camera.removed', { name: camera.name }));
      onRemoved();
    },
  });
  return (
    <Dialog title={say('camera.removeTitle', { name: camera.name })} isNarrow onClose={onClose}>
      <form
        className="camera-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() === camera.name) remove.mutate();
        }}
      >
        <p className="small">{say('camera.removeWhat')}</p>
        <input
          className="input"
          aria-label={say('camera.name')}
          placeholder={camera.name}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {remove.isError && <ErrorNotice error={remove.error} />}
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {say('common.cancel')}
          </button>
          <button type="submit" className="button danger" disabled={typed.trim() !== camera.name || remove.isPending}>
            {say('common.remove')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

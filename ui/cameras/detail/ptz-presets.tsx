import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PtzCommand, PtzPreset } from '#api/contract/cameras.ts';
import { getJson, sendJson } from '../../shared/api-client.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { useMay } from '../../shared/queries.ts';
import { useProblemToast } from '../../shared/toast.tsx';

/** The places that the camera knows: go there, and for those who manage cameras keep, rename and remove them. */
export function PtzPresets({ cameraId }: { cameraId: string }) {
  const { say } = useText();
  const onError = useProblemToast();
  const mayManage = useMay('camera.manage');
  const [isEditing, setIsEditing] = useState(false);
  const presets = useQuery({
    queryKey: ['presets', cameraId],
    queryFn: ({ signal }) => getJson<PtzPreset[]>(`/api/cameras/${cameraId}/presets`, signal),
    staleTime: 60_000,
  });
  const go = (preset: string) => {
    const command: PtzCommand = { action: 'preset', preset };
    sendJson('POST', `/api/cameras/${cameraId}/ptz`, command).catch(onError);
  };
  if (presets.isError) return <ErrorNotice error={presets.error} onRetry={() => void presets.refetch()} />;
  return (
    <>
      {presets.data?.length === 0 && <p className="muted small">{say('ptz.noPresets')}</p>}
      {!isEditing && (
        <div className="ptz-presets" role="group" aria-label={say('ptz.presets')}>
          {presets.data?.map(({ token, name }) => (
            <button key={token} type="button" className="button small-button" onClick={() => go(token)}>
              {name === '' ? token : name}
            </button>
          ))}
        </div>
      )}
      {isEditing && <PresetEditor cameraId={cameraId} presets={presets.data ?? []} />}
      {mayManage && presets.data && (
        <button
          type="button"
          className="button quiet small-button"
          aria-pressed={isEditing}
          data-testid="presets-edit"
          onClick={() => setIsEditing(!isEditing)}
        >
          <Icon name={isEditing ? 'check' : 'edit'} size={14} />
          {say(isEditing ? 'ptz.presetsDone' : 'ptz.presetsEdit')}
        </button>
      )}
    </>
  );
}

type Change =
  | { readonly kind: 'keep'; readonly name: string }
  | { readonly kind: 'rename'; readonly token: string; readonly name: string }
  | { readonly kind: 'remove'; readonly token: string };

function PresetEditor({ cameraId, presets }: { cameraId: string; presets: readonly PtzPreset[] }) {
  const { say } = useText();
  const queries = useQueryClient();
  const [newName, setNewName] = useState('');
  const path = `/api/cameras/${cameraId}/presets`;
  const change = useMutation({
    mutationFn: async (wanted: Change): Promise<void> => {
      if (wanted.kind === 'keep') await sendJson('POST', path, { name: wanted.name });
      else if (wanted.kind === 'rename')
        await sendJson('PUT', `${path}/${encodeURIComponent(wanted.token)}`, { name: wanted.name });
      else await sendJson('DELETE', `${path}/${encodeURIComponent(wanted.token)}`);
    },
    onSuccess: (_done, wanted) => {
      if (wanted.kind === 'keep') setNewName('');
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['presets', cameraId] }),
    onError: useProblemToast(),
  });
  return (
    <div className="preset-editor" data-testid="preset-editor">
      {presets.map((preset) => (
        <PresetRow
          key={`${preset.token} ${preset.name}`}
          preset={preset}
          isBusy={change.isPending}
          onRename={(name) => change.mutate({ kind: 'rename', token: preset.token, name })}
          onRemove={() => change.mutate({ kind: 'remove', token: preset.token })}
        />
      ))}
      <form
        className="preset-row"
        onSubmit={(event) => {
          event.preventDefault();
          if (newName.trim() !== '') change.mutate({ kind: 'keep', name: newName.trim() });
        }}
      >
        <input
          className="input"
          value={newName}
          maxLength={60}
          placeholder={say('ptz.presetNew')}
          aria-label={say('ptz.presetNew')}
          onChange={(event) => setNewName(event.target.value)}
        />
        <button
          type="submit"
          className="button small-button"
          title={say('ptz.presetKeepWhat')}
          disabled={change.isPending || newName.trim() === ''}
        >
          {say('ptz.presetKeep')}
        </button>
      </form>
      <p className="muted small">{say('ptz.presetHint')}</p>
    </div>
  );
}

interface PresetRowProps {
  readonly preset: PtzPreset;
  readonly isBusy: boolean;
  onRename: (name: string) => void;
  onRemove: () => void;
}

function PresetRow({ preset, isBusy, onRename, onRemove }: PresetRowProps) {
  const { say } = useText();
  const [name, setName] = useState(preset.name);
  /** A place that was forgotten cannot be found again: asked twice. */
  const [isSure, setIsSure] = useState(false);
  const wanted = name.trim();
  const isNew = wanted !== '' && wanted !== preset.name;
  return (
    <form
      className="preset-row"
      onSubmit={(event) => {
        event.preventDefault();
        if (isNew) onRename(wanted);
      }}
    >
      <input
        className="input"
        value={name}
        maxLength={60}
        aria-label={say('ptz.presetName', { name: preset.name })}
        onChange={(event) => setName(event.target.value)}
      />
      {isNew && (
        <button type="submit" className="button small-button" disabled={isBusy}>
          {say('common.save')}
        </button>
      )}
      {!isNew && (
        <button
          type="button"
          className={`button small-button${isSure ? ' danger' : ''}`}
          disabled={isBusy}
          onBlur={() => setIsSure(false)}
          onClick={() => (isSure ? onRemove() : setIsSure(true))}
        >
          {say(isSure ? 'ptz.presetRemoveSure' : 'common.remove')}
        </button>
      )}
    </form>
  );
}

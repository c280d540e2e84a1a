import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CameraImaging, ImagingSettings } from '#api/contract/cameras.ts';
import { getJson, sendJson } from '../../shared/api-client.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { useMay } from '../../shared/queries.ts';
import { useProblemToast } from '../../shared/toast.tsx';

const values = ['brightness', 'contrast', 'saturation', 'sharpness'] as const;
type ValueName = (typeof values)[number];

/** How the camera makes its pictures: asked of it only when this is opened, since that takes it a moment. */
export function ImagingPanel({ cameraId }: { cameraId: string }) {
  const { say } = useText();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="imaging" data-testid="imaging" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{say('imaging.title')}</summary>
      {isOpen && <Imaging cameraId={cameraId} />}
    </details>
  );
}

function Imaging({ cameraId }: { cameraId: string }) {
  const { say } = useText();
  const queries = useQueryClient();
  const mayManage = useMay('camera.manage');
  const path = `/api/cameras/${cameraId}/imaging`;
  const queryKey = ['imaging', cameraId];
  const imaging = useQuery({
    queryKey,
    queryFn: ({ signal }) => getJson<CameraImaging>(path, signal),
    staleTime: 30_000,
    retry: false,
  });
  const onError = useProblemToast();
  const set = useMutation({
    mutationFn: (settings: ImagingSettings) => sendJson<CameraImaging>('PUT', path, settings),
    onSuccess: (now) => queries.setQueryData(queryKey, now),
    onError: (error) => {
      onError(error);
      void queries.invalidateQueries({ queryKey });
    },
  });
  if (imaging.isError) return <ErrorNotice error={imaging.error} onRetry={() => void imaging.refetch()} />;
  if (!imaging.data) return <p className="muted small">{say('imaging.asking')}</p>;
  const { settings, options } = imaging.data;
  const offered = values.filter((name) => options[name] !== undefined && settings[name] !== undefined);
  if (offered.length === 0 && options.irCutFilters.length === 0)
    return <p className="muted small">{say('imaging.none')}</p>;
  return (
    <div className="imaging-fields small">
      {offered.map((name) => (
        <ValueSlider
          // What the camera made of it is what is shown.
          key={`${name} ${settings[name] ?? ''} ${set.failureCount}`}
          name={name}
          value={settings[name] ?? 0}
          range={options[name] ?? { minimum: 0, maximum: 0 }}
          isReadOnly={!mayManage || set.isPending}
          onSet={(value) => set.mutate({ [name]: value })}
        />
      ))}
      {options.irCutFilters.length > 0 && (
        <div className="imaging-row">
          <span>{say('imaging.irCutFilter')}</span>
          <div className="segmented" role="group" aria-label={say('imaging.irCutFilter')}>
            {options.irCutFilters.map((mode) => (
              <button
                key={mode}
                type="button"
                aria-pressed={mode === settings.irCutFilter}
                disabled={!mayManage || set.isPending}
                onClick={() => set.mutate({ irCutFilter: mode })}
              >
                {say(`imaging.ir.${mode}`)}
              </button>
            ))}
          </div>
        </div>
      )}
      {!mayManage && <p className="muted small">{say('imaging.readOnly')}</p>}
    </div>
  );
}

interface ValueSliderProps {
  readonly name: ValueName;
  readonly value: number;
  readonly range: { readonly minimum: number; readonly maximum: number };
  readonly isReadOnly: boolean;
  onSet: (value: number) => void;
}

/** Sent when it is let go, not all the way. */
function ValueSlider({ name, value, range: { minimum, maximum }, isReadOnly, onSet }: ValueSliderProps) {
  const { say } = useText();
  const [shown, setShown] = useState(value);
  // Makers use 0..100, 0..255, and -1..1.
  const step = maximum - minimum > 10 ? 1 : (maximum - minimum) / 100;
  const send = () => {
    if (shown !== value) onSet(shown);
  };
  return (
    <label className="imaging-row">
      <span>{say(`imaging.${name}`)}</span>
      <input
        type="range"
        min={minimum}
        max={maximum}
        step={step}
        value={shown}
        disabled={isReadOnly}
        onChange={(event) => setShown(event.target.valueAsNumber)}
        onPointerUp={send}
        onKeyUp={send}
        onBlur={send}
      />
      <output>{Number.isInteger(step) ? shown : shown.toFixed(2)}</output>
    </label>
  );
}

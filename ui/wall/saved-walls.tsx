import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import type { WallLayout, WallLayoutInput, WallStep } from '#api/contract/wall.ts';
import { getJson, request, sendJson } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { showToast, useProblemToast } from '../shared/toast.tsx';
import { LayoutDrawing } from './layout-picker.tsx';
import { type Tour, tourOfCameras, usualDwellSeconds } from './tour.ts';
import { useOutsideClick } from './use-outside-click.ts';
import { fromStep, toStep, type Wall } from './wall-layout.ts';

const queryKey = ['wall-layouts'];
const dwells = [5, 10, 15, 30, 60, 120] as const;

interface SavedWallsProps {
  readonly wall: Wall;
  readonly cameras: readonly Camera[];
  onOpen: (wall: Wall) => void;
  onTour: (tour: Tour) => void;
}

/** Walls and tours that were kept: one's own and those that others share. Opening one is a click; so is keeping what is seen. */
export function SavedWalls({ wall, cameras, onOpen, onTour }: SavedWallsProps) {
  const { say } = useText();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [isShared, setShared] = useState(false);
  const [area, setArea] = useState('');
  const [dwellSeconds, setDwell] = useState<number>(usualDwellSeconds);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const holder = useOutsideClick<HTMLDivElement>(isOpen, () => setOpen(false));
  const queries = useQueryClient();
  const onError = useProblemToast();
  const refresh = () => queries.invalidateQueries({ queryKey });
  const saved = useQuery({
    queryKey,
    enabled: isOpen,
    queryFn: ({ signal }) => getJson<WallLayout[]>('/api/wall/layouts', signal),
  });
  const save = useMutation({
    mutationFn: ({ id, ...body }: WallLayoutInput & { id?: string }) =>
      id === undefined
        ? sendJson<WallLayout>('POST', '/api/wall/layouts', body)
        : sendJson<WallLayout>('PUT', `/api/wall/layouts/${id}`, body),
    onSuccess: async (layout) => {
      showToast(say('saved.kept', { name: layout.name }));
      setName('');
      await refresh();
    },
    onError,
  });
  const restore = useMutation({
    mutationFn: (id: string) => request(`/api/wall/layouts/${id}/restore`, { method: 'POST' }),
    onSuccess: refresh,
    onError,
  });
  const remove = useMutation({
    mutationFn: (layout: WallLayout) => request(`/api/wall/layouts/${layout.id}`, { method: 'DELETE' }),
    onSuccess: async (_answer, layout) => {
      showToast(say('saved.removed', { name: layout.name }), {
        label: say('common.undo'),
        run: () => restore.mutate(layout.id),
      });
      await refresh();
    },
    onError,
  });
  const open = (layout: WallLayout) => {
    const [first, ...more] = layout.steps;
    if (!first) return;
    if (more.length === 0) onOpen(fromStep(first));
    else {
      onTour({
        name: layout.name,
        steps: layout.steps,
        dwellSeconds: layout.dwellSeconds ?? usualDwellSeconds,
        at: 0,
        isPaused: false,
      });
    }
    setOpen(false);
  };
  const walls = saved.data ?? [];
  const areas = [...new Set(cameras.map((camera) => camera.area))];
  const tourSteps: WallStep[] = walls.flatMap((layout) =>
    chosen.includes(layout.id) ? layout.steps.map((step) => ({ ...step, name: layout.name })) : [],
  );
  return (
    <div className="saved-walls" ref={holder}>
      <button
        type="button"
        className="button quiet icon small-button"
        aria-expanded={isOpen}
        aria-label={say('saved.title')}
        title={say('saved.title')}
        data-testid="saved-walls"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="save" size={18} />
      </button>
      {isOpen && (
        <div className="wall-menu saved-menu" role="group" aria-label={say('saved.title')}>
          <form
            className="saved-form"
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim() !== '') save.mutate({ name: name.trim(), isShared, steps: [toStep(wall)] });
            }}
          >
            <input
              className="input"
              placeholder={say('saved.name')}
              aria-label={say('saved.name')}
              data-testid="saved-name"
              maxLength={60}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <label className="check">
              <input type="checkbox" checked={isShared} onChange={(event) => setShared(event.target.checked)} />
              {say('saved.share')}
            </label>
            <button
              type="submit"
              className="button primary small-button"
              data-testid="saved-keep"
              disabled={name.trim() === '' || save.isPending}
            >
              {say('saved.keep')}
            </button>
          </form>
          {saved.isError && <ErrorNotice error={saved.error} />}
          {saved.data?.length === 0 && <p className="muted small saved-none">{say('saved.none')}</p>}
          <ul className="saved-list">
            {walls.map((layout) => (
              <li key={layout.id} data-testid="saved-wall">
                <input
                  type="checkbox"
                  aria-label={say('saved.intoTour', { name: layout.name })}
                  title={say('saved.intoTour', { name: layout.name })}
                  checked={chosen.includes(layout.id)}
                  onChange={() =>
                    setChosen(
                      chosen.includes(layout.id) ? chosen.filter((id) => id !== layout.id) : [...chosen, layout.id],
                    )
                  }
                />
                <button type="button" className="saved-open" onClick={() => open(layout)}>
                  {layout.steps.length > 1 ? (
                    <Icon name="tour" size={16} />
                  ) : (
                    <LayoutDrawing layout={layout.steps[0]?.layout ?? '1'} />
                  )}
                  <span className="one-line">{layout.name}</span>
                  <span className="muted small one-line">
                    {layout.isShared
                      ? say(layout.isMine ? 'saved.shared' : 'saved.sharedBy', { name: layout.owner })
                      : ''}
                  </span>
                </button>
                {layout.mayChange && layout.steps.length === 1 && (
                  <button
                    type="button"
                    className="button quiet icon small-button"
                    aria-label={say('saved.replace', { name: layout.name })}
                    title={say('saved.replace', { name: layout.name })}
                    onClick={() =>
                      save.mutate({
                        id: layout.id,
                        name: layout.name,
                        isShared: layout.isShared,
                        steps: [toStep(wall)],
                      })
                    }
                  >
                    <Icon name="refresh" size={15} />
                  </button>
                )}
                {layout.mayChange && (
                  <button
                    type="button"
                    className="button quiet icon small-button"
                    aria-label={say('saved.remove', { name: layout.name })}
                    title={say('saved.remove', { name: layout.name })}
                    onClick={() => remove.mutate(layout)}
                  >
                    <Icon name="trash" size={15} />
                  </button>
                )}
              </li>
            ))}
          </ul>
          <fieldset className="saved-tour">
            <legend className="muted small">{say('tour.title')}</legend>
            <label className="small">
              {say('tour.dwell')}
              <select className="input" value={dwellSeconds} onChange={(event) => setDwell(Number(event.target.value))}>
                {dwells.map((seconds) => (
                  <option key={seconds} value={seconds}>
                    {seconds} s
                  </option>
                ))}
              </select>
            </label>
            <label className="small">
              {say('tour.area')}
              <select className="input" value={area} onChange={(event) => setArea(event.target.value)}>
                <option value="">{say('common.all')}</option>
                {areas
                  .filter((one) => one !== '')
                  .map((one) => (
                    <option key={one} value={one}>
                      {one}
                    </option>
                  ))}
              </select>
            </label>
            <button
              type="button"
              className="button small-button"
              data-testid="tour-area"
              onClick={() => {
                const members = cameras.filter((camera) => area === '' || camera.area === area);
                onTour(tourOfCameras(area || say('common.all'), members, wall.layout, dwellSeconds));
                setOpen(false);
              }}
            >
              <Icon name="tour" size={16} />
              {say('tour.startArea')}
            </button>
            {tourSteps.length > 1 && (
              <div className="saved-tour-chosen">
                <button
                  type="button"
                  className="button small-button"
                  onClick={() => {
                    onTour({ name: say('tour.title'), steps: tourSteps, dwellSeconds, at: 0, isPaused: false });
                    setOpen(false);
                  }}
                >
                  {say('tour.startChosen', { count: tourSteps.length })}
                </button>
                <button
                  type="button"
                  className="button small-button"
                  disabled={name.trim() === '' || save.isPending}
                  title={say('tour.keepAbout')}
                  onClick={() => save.mutate({ name: name.trim(), isShared, steps: tourSteps, dwellSeconds })}
                >
                  {say('tour.keep')}
                </button>
              </div>
            )}
          </fieldset>
        </div>
      )}
    </div>
  );
}

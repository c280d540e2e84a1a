import { useMemo, useState } from 'react';
import type { CaseDetail, CaseItem } from '#api/contract/cases.ts';
import { useRoads } from '../investigate/box/use-places.ts';
import { buildScene } from '../investigate/scene.ts';
import { CameraMap } from '../map/camera-map.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState } from '../shared/placeholders.tsx';
import { useCameras } from '../shared/queries.ts';
import { showToast, useProblemToast } from '../shared/toast.tsx';
import { ItemCard } from './item-card.tsx';
import { useKeepInCase, useRemoveItem } from './case-queries.ts';

const words = { implausible: (facts: string) => facts, stop: (duration: string) => duration };

/** What was kept, newest first, and where it was. */
export function CaseItems({ detail }: { detail: CaseDetail }) {
  const { say } = useText();
  const one = detail.case;
  const isOpen = one.status === 'open';
  const onProblem = useProblemToast();
  const keep = useKeepInCase();
  const remove = useRemoveItem(one.id);
  const [note, setNote] = useState('');
  const [hovered, setHovered] = useState<string>();
  const cameras = useCameras().data;
  const roads = useRoads().data;
  const sightings = useMemo(() => detail.items.flatMap((item) => item.sighting ?? []), [detail.items]);
  const hoveredCamera = sightings.find((sighting) => sighting.sightingId === hovered)?.cameraId;
  const scene = useMemo(
    () =>
      buildScene({
        roads,
        cameras: cameras ?? [],
        sightings,
        trajectory: undefined,
        highlighted: undefined,
        highlightedCamera: hoveredCamera,
        area: undefined,
        words,
      }),
    [roads, cameras, sightings, hoveredCamera],
  );
  const takeOut = (item: CaseItem) =>
    remove.mutate(item.id, {
      onSuccess: () =>
        showToast(say('case.removed'), {
          label: say('common.undo'),
          run: () =>
            keep.mutate(
              {
                caseId: one.id,
                ...(item.sighting ? { sightingId: item.sighting.sightingId } : {}),
                ...(item.note === undefined ? {} : { note: item.note }),
              },
              { onError: onProblem },
            ),
        }),
      onError: onProblem,
    });
  return (
    <div className="case-split">
      <div className="case-body">
        {isOpen && (
          <form
            className="note-form"
            onSubmit={(event) => {
              event.preventDefault();
              if (note.trim() !== '')
                keep.mutate(
                  { caseId: one.id, note: note.trim() },
                  { onSuccess: () => setNote(''), onError: onProblem },
                );
            }}
          >
            <input
              className="input"
              placeholder={say('case.notePlaceholder')}
              aria-label={say('case.notePlaceholder')}
              data-testid="case-note"
              maxLength={2000}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
            <button type="submit" className="button" disabled={note.trim() === '' || keep.isPending}>
              <Icon name="plus" size={16} />
              {say('case.addNote')}
            </button>
          </form>
        )}
        {detail.items.length === 0 && (
          <EmptyState icon="cases" title={say('case.noItems')} detail={say('case.noItemsDetail')} />
        )}
        <ul className="case-items" onPointerLeave={() => setHovered(undefined)}>
          {detail.items.map((item) => (
            <ItemCard
              key={item.id}
              item={item}
              one={one}
              isHighlighted={item.sighting !== undefined && item.sighting.sightingId === hovered}
              onHover={() => setHovered(item.sighting?.sightingId)}
              {...(isOpen ? { onRemove: () => takeOut(item) } : {})}
            />
          ))}
        </ul>
      </div>
      {sightings.length > 0 && (
        <div className="case-map">
          <CameraMap
            scene={scene}
            onHover={(cameraId) => setHovered(sightings.find((sighting) => sighting.cameraId === cameraId)?.sightingId)}
            onPick={(cameraId) => {
              const there = sightings.find((sighting) => sighting.cameraId === cameraId);
              document.querySelector(`[data-item="${there?.sightingId ?? ''}"]`)?.scrollIntoView({ block: 'center' });
            }}
          />
        </div>
      )}
    </div>
  );
}

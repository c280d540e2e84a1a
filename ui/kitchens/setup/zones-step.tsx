import { useState } from 'react';
import type { KitchenSetup, KitchenZoneUse } from '#api/contract/kitchen-setup.ts';
import { useCameraStill } from '../../cameras/rules/use-camera-still.ts';
import { formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { useKeys } from '../../shared/use-keys.ts';
import { ZoneCanvas } from '../../shared/zone-canvas.tsx';
import { ReferencePanel } from './reference-panel.tsx';
import {
  freeZoneName,
  mostZones,
  type SetupDraft,
  shapeOfZone,
  toneOfUse,
  withoutZone,
  withPoints,
  withZone,
  zoneUses,
} from './setup-draft.ts';
import { ZoneList } from './zone-list.tsx';

const usualAspect = 16 / 9;

interface ZonesStepProps {
  readonly setup: KitchenSetup;
  readonly draft: SetupDraft;
  onEdit: (draft: SetupDraft, step?: string) => void;
  onNext: () => void;
}

/** What is where in the picture, and the picture that the kitchen is compared with. */
export function ZonesStep({ setup, draft, onEdit, onNext }: ZonesStepProps) {
  const { say } = useText();
  const [use, setUse] = useState<KitchenZoneUse>();
  const [selectedId, setSelectedId] = useState<string>();
  const still = useCameraStill(setup.cameraId);
  const isFull = draft.zones.length >= mostZones;
  const choose = (next: KitchenZoneUse | undefined) => {
    setUse(next);
    if (next) setSelectedId(undefined);
  };
  const remove = (id: string) => {
    onEdit(withoutZone(draft, id));
    setSelectedId(undefined);
  };
  useKeys([
    ...zoneUses.map((one, index) => ({
      keys: [String(index + 1)],
      label: `setup.use.${one}` as const,
      run: () => {
        if (!isFull) choose(one);
      },
    })),
    { keys: ['Escape'], label: 'keys.rules.giveUp', run: () => choose(undefined) },
  ]);
  const hint = use ? 'rules.hint.area' : selectedId ? 'rules.hint.selected' : 'setup.hint.none';
  return (
    <div className="setup-body">
      <div className="setup-main">
        <div className="setup-tools" role="group" aria-label={say('rules.draw')}>
          {zoneUses.map((one, index) => (
            <button
              key={one}
              type="button"
              className="button"
              aria-pressed={use === one}
              data-testid={`setup-use-${one.replace(' ', '-')}`}
              title={`${say(`setup.use.${one}.what`)} (${index + 1})`}
              disabled={isFull}
              onClick={() => choose(use === one ? undefined : one)}
            >
              <span className={`zone-swatch ${toneOfUse(one)}`} />
              {say(`setup.use.${one}`)}
            </button>
          ))}
        </div>
        <div className="setup-canvas">
          <ZoneCanvas
            pictureUrl={still.url}
            aspect={usualAspect}
            shapes={draft.zones.map(shapeOfZone)}
            selectedId={selectedId}
            drawing={use && { kind: 'area', tone: toneOfUse(use) }}
            label={say('setup.canvas', { name: setup.name })}
            onSelect={setSelectedId}
            onChange={(id, points) => onEdit(withPoints(draft, id, points))}
            onDrawn={(points) => {
              if (!use) return;
              const id = crypto.randomUUID();
              const name = freeZoneName(say(`setup.use.${use}`), draft.zones);
              onEdit(withZone(draft, { id, use, name, points: points.map((point) => ({ ...point })) }));
              setUse(undefined);
              setSelectedId(id);
            }}
            onGiveUp={() => choose(undefined)}
            onRemove={remove}
          />
        </div>
        <div className="setup-hint small muted">
          <span>{say(hint)}</span>
          <span className="spread setup-picture-time">
            {still.state === 'none' && say('rules.noPicture')}
            {still.timeMs !== undefined && say('rules.pictureOf', { time: formatTime(still.timeMs) })}
            <button type="button" className="button quiet small-button" onClick={still.refresh}>
              <Icon name="refresh" size={15} />
              {say('rules.refresh')}
            </button>
          </span>
        </div>
      </div>
      <aside className="setup-side">
        <ZoneList
          zones={draft.zones}
          selectedId={selectedId}
          onSelect={(id) => {
            setUse(undefined);
            setSelectedId(id);
          }}
          onChange={(zone, step) => onEdit(withZone(draft, zone), step && `${zone.id} ${step}`)}
          onRemove={remove}
        />
        {isFull && <p className="muted small">{say('setup.full', { count: mostZones })}</p>}
        <ReferencePanel setup={setup} />
        <button type="button" className="button primary setup-next" data-testid="setup-next" onClick={onNext}>
          {say('setup.next.items')}
          <Icon name="right" size={17} />
        </button>
      </aside>
    </div>
  );
}

import { useMemo, useRef, useState } from 'react';
import type { CaseDetail } from '#api/contract/cases.ts';
import { CameraPick } from '../investigate/box/camera-pick.tsx';
import { usePlaces, useRoads } from '../investigate/box/use-places.ts';
import { buildScene } from '../investigate/scene.ts';
import { CameraMap } from '../map/camera-map.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useCameras } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { TimeField } from '../shared/time-field.tsx';
import { useCommon } from './case-queries.ts';
import { areaKm2, commonRequest, draftOfPass, mostPlaces, type PlaceDraft, problemOf } from './company-places.ts';
import { CompanyResult } from './company-result.tsx';

const hourMs = 3_600_000;
const words = { implausible: (facts: string) => facts, stop: (duration: string) => duration };

/** Which plates were at each of several places and times. */
export function CommonForm({ detail }: { detail: CaseDetail }) {
  const { say } = useText();
  const cameraList = useCameras().data;
  const roads = useRoads().data;
  const places = usePlaces(cameraList, roads);
  const common = useCommon(detail.case.id);
  const lastKey = useRef(2);
  const kept = detail.items.flatMap((item) => item.sighting ?? []);
  const empty = (key: number): PlaceDraft => ({
    key,
    cameraIds: [],
    area: undefined,
    fromMs: serverNow() - hourMs,
    toMs: serverNow(),
  });
  const [drafts, setDrafts] = useState<readonly PlaceDraft[]>(() => [
    kept[0] ? draftOfPass(1, kept[0]) : empty(1),
    kept[1] ? draftOfPass(2, kept[1]) : empty(2),
  ]);
  const [active, setActive] = useState(1);
  const current = drafts.find((draft) => draft.key === active) ?? drafts[0];
  const change = (key: number, part: Partial<PlaceDraft>) =>
    setDrafts(drafts.map((draft) => (draft.key === key ? { ...draft, ...part } : draft)));
  const scene = useMemo(() => {
    const chosen = new Set(current?.cameraIds);
    const base = buildScene({
      roads,
      cameras: cameraList ?? [],
      sightings: [],
      trajectory: undefined,
      highlighted: undefined,
      highlightedCamera: undefined,
      area: current?.area,
      words,
    });
    return {
      ...base,
      isWhole: true,
      cameras: base.cameras.map((camera) => ({ ...camera, passes: chosen.has(camera.cameraId) ? 1 : 0 })),
    };
  }, [roads, cameraList, current]);
  const isClosed = detail.case.status === 'closed';
  const [first] = drafts.flatMap((draft, index) => {
    const problem = problemOf(draft);
    return problem ? [{ problem, number: index + 1 }] : [];
  });
  const hindrance = isClosed
    ? say('company.problem.closed')
    : first && say('company.ofPlace', { number: first.number, problem: say(`company.problem.${first.problem}`) });
  // A place that is still to be chosen is no mistake yet.
  const isMistake = isClosed || first?.problem !== 'no_place';
  return (
    <>
      <form
        className="company-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (hindrance === undefined) common.mutate(commonRequest(drafts));
        }}
      >
        <p className="muted small">{say('company.commonAbout')}</p>
        <div className="common-split">
          <ol className="common-places">
            {drafts.map((draft, index) => (
              <li
                key={draft.key}
                className={`panel common-place${draft.key === current?.key ? ' active' : ''}`}
                onFocus={() => setActive(draft.key)}
                onPointerDown={() => setActive(draft.key)}
              >
                <div className="common-place-head">
                  <strong>{say('company.place', { number: index + 1 })}</strong>
                  {kept.length > 0 && (
                    <select
                      className="input"
                      aria-label={say('company.fromItem')}
                      value=""
                      onChange={(event) => {
                        const from = kept.find((sighting) => sighting.sightingId === event.target.value);
                        if (from) change(draft.key, draftOfPass(draft.key, from));
                      }}
                    >
                      <option value="">{say('company.fromItem')}</option>
                      {kept.map((sighting) => (
                        <option key={sighting.sightingId} value={sighting.sightingId}>
                          {`${formatTime(sighting.time)} ${sighting.cameraName} ${sighting.plate?.text ?? ''}`}
                        </option>
                      ))}
                    </select>
                  )}
                  {drafts.length > 2 && (
                    <button
                      type="button"
                      className="button quiet icon small-button"
                      aria-label={say('company.removePlace', { number: index + 1 })}
                      onClick={() => setDrafts(drafts.filter((other) => other !== draft))}
                    >
                      <Icon name="close" size={16} />
                    </button>
                  )}
                </div>
                <div className="common-place-fields">
                  <CameraPick
                    cameras={cameraList ?? []}
                    places={places}
                    chosen={draft.cameraIds}
                    noneText={say(draft.area ? 'company.cameras' : 'company.problem.no_place')}
                    onChange={(cameraIds) => change(draft.key, { cameraIds, area: undefined })}
                  />
                  {draft.area && (
                    <span className="small">
                      {say(problemOf(draft) === 'too_big' ? 'company.areaTooBig' : 'company.area', {
                        size: areaKm2(draft.area).toFixed(1),
                      })}
                    </span>
                  )}
                  <TimeField
                    kind="time"
                    label={say('company.from')}
                    valueMs={draft.fromMs}
                    onChange={(fromMs) => change(draft.key, { fromMs })}
                  />
                  <span className="muted" aria-hidden="true">
                    –
                  </span>
                  <TimeField
                    kind="time"
                    label={say('company.to')}
                    valueMs={draft.toMs}
                    onChange={(toMs) => change(draft.key, { toMs })}
                  />
                </div>
              </li>
            ))}
          </ol>
          <div className="common-map">
            <CameraMap
              scene={scene}
              onHover={() => undefined}
              onPick={(cameraId) => {
                if (!current) return;
                const cameraIds = current.cameraIds.includes(cameraId)
                  ? current.cameraIds.filter((id) => id !== cameraId)
                  : [...current.cameraIds, cameraId];
                change(current.key, { cameraIds, area: undefined });
              }}
              onArea={(area) => current && change(current.key, { area, cameraIds: [] })}
            />
          </div>
        </div>
        <div className="company-foot">
          <button
            type="button"
            className="button"
            disabled={drafts.length >= mostPlaces}
            onClick={() => {
              lastKey.current += 1;
              setDrafts([...drafts, empty(lastKey.current)]);
              setActive(lastKey.current);
            }}
          >
            <Icon name="plus" size={16} />
            {say('company.addPlace')}
          </button>
          <button
            type="submit"
            className="button primary"
            data-testid="common-run"
            disabled={hindrance !== undefined || common.isPending}
          >
            {say('company.run')}
          </button>
          {hindrance !== undefined && (
            <span className={`${isMistake ? 'wrong' : 'muted'} small`} data-testid="company-problem">
              {hindrance}
            </span>
          )}
        </div>
      </form>
      {common.isError && <ErrorNotice error={common.error} />}
      {common.data && (
        <CompanyResult
          report={common.data}
          about={say('company.common')}
          caseId={detail.case.id}
          none={say('company.noneCommon')}
        />
      )}
    </>
  );
}

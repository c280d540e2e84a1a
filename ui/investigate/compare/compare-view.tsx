import { useQueries } from '@tanstack/react-query';
import type { Sighting } from '#api/contract/sightings.ts';
import { getJson } from '../../shared/api-client.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatDuration, formatTime } from '../../shared/format.ts';
import { FramedPicture } from '../../shared/framed-picture.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../../shared/placeholders.tsx';
import { compare, type Comparison } from './differences.ts';

interface CompareViewProps {
  readonly ids: readonly string[];
  /** Passes that are loaded already. */
  readonly known: ReadonlyMap<string, Sighting>;
  onOpen: (sightingId: string) => void;
  onRemove: (sightingId: string) => void;
  onKeep: (sightings: readonly Sighting[]) => void;
  onClose: () => void;
}

/** Two to four passes side by side; what differs is marked with a sign and a word, not by colour alone. */
export function CompareView({ ids, known, onOpen, onRemove, onKeep, onClose }: CompareViewProps) {
  const { say } = useText();
  const queries = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['sighting', id],
      enabled: !known.has(id),
      staleTime: Infinity,
      queryFn: ({ signal }: { signal: AbortSignal }) => getJson<Sighting>(`/api/sightings/${id}`, signal),
    })),
  });
  const sightings = ids.map((id, index) => known.get(id) ?? queries[index]?.data);
  const loaded = sightings.filter((sighting) => sighting !== undefined);
  const comparison = compare(loaded);
  const firstMs = loaded[0] ? Date.parse(loaded[0].time) : 0;
  return (
    <section className="pass compare" aria-label={say('compare.title')} data-testid="compare">
      <header className="pass-head">
        <h2>{say('compare.title')}</h2>
        <span className="muted small">{differenceText(say, comparison, loaded.length)}</span>
        <div className="pass-walk">
          {loaded.length > 0 && (
            <button type="button" className="button small-button" onClick={() => onKeep(loaded)}>
              <Icon name="cases" size={16} />
              {say('keep.all')}
            </button>
          )}
          <button
            type="button"
            className="button quiet icon small-button"
            aria-label={say('common.close')}
            title={`${say('common.close')} (Esc)`}
            onClick={onClose}
          >
            <Icon name="close" size={18} />
          </button>
        </div>
      </header>
      {ids.length < 2 && <EmptyState icon="columns" title={say('compare.more')} detail={say('compare.moreDetail')} />}
      <div className={`compare-grid of-${ids.length}`}>
        {ids.map((id, index) => {
          const sighting = sightings[index];
          const failed = queries[index]?.error;
          return (
            <article key={id} className="panel compare-pass" data-testid="compare-pass">
              {sighting ? (
                <ComparePass
                  sighting={sighting}
                  comparison={comparison}
                  laterMs={index === 0 ? undefined : Date.parse(sighting.time) - firstMs}
                  onOpen={() => onOpen(id)}
                  onRemove={() => onRemove(id)}
                />
              ) : failed ? (
                <ErrorNotice error={failed} />
              ) : (
                <SkeletonRows count={3} heightPx={60} />
              )}
            </article>
          );
        })}
      </div>
    </section>
  );
}

function differenceText(say: ReturnType<typeof useText>['say'], comparison: Comparison, count: number): string {
  if (count < 2) return '';
  const parts = [
    comparison.plateAt.length > 0 ? say('compare.plate', { count: comparison.plateAt.length }) : '',
    comparison.isTypeDifferent ? say('compare.type') : '',
    comparison.isColourDifferent ? say('compare.paint') : '',
    comparison.isPlateColourDifferent ? say('compare.plateColour') : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? say('compare.same') : say('compare.differ', { parts: parts.join('、') });
}

function ComparePass(props: {
  sighting: Sighting;
  comparison: Comparison;
  laterMs: number | undefined;
  onOpen: () => void;
  onRemove: () => void;
}) {
  const { say } = useText();
  const { sighting, comparison, laterMs } = props;
  const { plate, vehicleColour } = sighting;
  return (
    <>
      <button type="button" className="compare-picture" aria-label={say('pass.title')} onClick={props.onOpen}>
        <FramedPicture url={sighting.pictureUrl} box={sighting.box} alt={say('pass.picture')} />
      </button>
      <div className="compare-plate">
        {sighting.cropUrl && <img src={sighting.cropUrl} alt="" />}
        {plate ? (
          <span className={`plate large ${plate.colour}`}>
            {Array.from(plate.text).map((character, index) =>
              comparison.plateAt.includes(index) ? (
                <mark key={index} className="differs">
                  {character}
                </mark>
              ) : (
                character
              ),
            )}
          </span>
        ) : (
          <span className="muted">{say('plate.none')}</span>
        )}
        <button
          type="button"
          className="button quiet icon small-button compare-remove"
          aria-label={say('compare.remove')}
          title={say('compare.remove')}
          onClick={props.onRemove}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      <dl className="pass-list small">
        <Fact name={say('pass.time')} value={formatTime(sighting.time)}>
          {laterMs !== undefined && (
            <span className="muted">{` ${laterMs < 0 ? '−' : '+'}${formatDuration(Math.abs(laterMs))}`}</span>
          )}
        </Fact>
        <Fact name={say('pass.camera')} value={sighting.cameraName} />
        <Fact
          name={say('pass.type')}
          value={say(`vehicle.${sighting.vehicleType}`)}
          isDifferent={comparison.isTypeDifferent}
        />
        <Fact
          name={say('pass.paint')}
          value={vehicleColour ? say(`paint.${vehicleColour.name}`) : say('pass.notSeen')}
          isDifferent={comparison.isColourDifferent}
        />
        <Fact
          name={say('pass.direction')}
          value={sighting.direction ? say(`travel.${sighting.direction}`) : say('pass.notSeen')}
        />
        <Fact
          name={say('pass.plateColour')}
          value={plate ? say(`colour.${plate.colour}`) : say('pass.notSeen')}
          isDifferent={comparison.isPlateColourDifferent}
        />
      </dl>
    </>
  );
}

function Fact(props: { name: string; value: string; isDifferent?: boolean; children?: React.ReactNode }) {
  return (
    <div className={props.isDifferent ? 'different' : ''}>
      <dt className="muted">{props.name}</dt>
      <dd>
        {props.isDifferent && <span aria-hidden="true">≠ </span>}
        {props.value}
        {props.children}
      </dd>
    </div>
  );
}

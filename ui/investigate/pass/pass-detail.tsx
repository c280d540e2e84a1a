import type { Sighting } from '#api/contract/sightings.ts';
import { PlaybackPlayer } from '../../player/playback-player.tsx';
import { formatTime } from '../../shared/format.ts';
import { FramedPicture } from '../../shared/framed-picture.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon, type IconName } from '../../shared/icon.tsx';
import { PlateChip } from '../../shared/plate-chip.tsx';
import { useMay } from '../../shared/queries.ts';
import type { SearchQuery } from '../query/search-query.ts';
import { attributeText } from '../results/attributes.tsx';
import { Likelihood } from '../results/result-row.tsx';
import { Neighbours } from './neighbours.tsx';
import { PassFacts } from './pass-facts.tsx';

/** The vehicle is seen coming. */
const leadMs = 1_000;
/** What the small timeline around the pass spans, either way. */
const aroundMs = 10_000;

export interface PassHands {
  onStep: (by: 1 | -1) => void;
  onOpen: (sightingId: string) => void;
  onPlate: (plate: string) => void;
  onCompare: () => void;
  onKeep: () => void;
  onWatch: () => void;
  onClose: () => void;
}

interface PassDetailProps extends PassHands {
  readonly sighting: Sighting;
  readonly query: SearchQuery;
  readonly index: number;
  readonly total: number;
  readonly isCompared: boolean;
}

/** Everything about one pass: picture with its box, crop, what else the plate could be, the recording and who else came by. */
export function PassDetail(props: PassDetailProps) {
  const { say } = useText();
  const { sighting, index, total, onStep } = props;
  const mayWatch = useMay('watchlist.manage');
  const mayKeep = useMay('case.manage');
  const { plate } = sighting;
  const timeMs = new Date(sighting.time).getTime();
  const tool = (icon: IconName, label: string, key: string, run: () => void, isPressed?: boolean) => (
    <button
      type="button"
      className="button small-button"
      aria-pressed={isPressed}
      aria-keyshortcuts={key}
      data-testid={`pass-${key.toLowerCase()}`}
      title={`${label} (${key})`}
      aria-label={label}
      onClick={run}
    >
      <Icon name={icon} size={16} />
      <span>{label}</span>
    </button>
  );
  return (
    <section
      className="pass"
      aria-label={say('pass.title')}
      data-testid="pass-detail"
      data-sighting={sighting.sightingId}
    >
      <header className="pass-head">
        {plate ? <PlateChip plate={plate} isLarge /> : <h2>{say('plate.none')}</h2>}
        <Likelihood value={sighting.likelihood} />
        <div className="pass-where">
          <strong>{formatTime(sighting.time)}</strong>
          <span className="muted small one-line">{`${sighting.cameraName} · ${attributeText(say, sighting)}`}</span>
        </div>
        <div className="pass-tools">
          {plate && tool('route', say('trajectory.title'), 'T', () => props.onPlate(plate.text))}
          {tool('columns', say('compare.one'), 'C', props.onCompare, props.isCompared)}
          {mayKeep && tool('cases', say('keep.one'), 'K', props.onKeep)}
          {mayWatch && plate && tool('alerts', say('watch.one'), 'W', props.onWatch)}
        </div>
        <div className="pass-walk">
          <button
            type="button"
            className="button icon small-button"
            aria-label={say('pass.previous')}
            title={`${say('pass.previous')} (←)`}
            disabled={index <= 0}
            onClick={() => onStep(-1)}
          >
            <Icon name="left" size={18} />
          </button>
          {index >= 0 && <span className="muted small">{say('pass.position', { index: index + 1, total })}</span>}
          <button
            type="button"
            className="button icon small-button"
            aria-label={say('pass.next')}
            title={`${say('pass.next')} (→)`}
            disabled={index < 0 || index >= total - 1}
            onClick={() => onStep(1)}
          >
            <Icon name="right" size={18} />
          </button>
          <button
            type="button"
            className="button quiet icon small-button"
            aria-label={say('common.close')}
            title={`${say('common.close')} (Esc)`}
            data-testid="pass-close"
            onClick={props.onClose}
          >
            <Icon name="close" size={18} />
          </button>
        </div>
      </header>
      <div className="pass-body">
        <div className="pass-column">
          <figure className="pass-picture">
            <FramedPicture
              url={sighting.pictureUrl}
              box={sighting.box}
              alt={say('pass.picture')}
              testId="pass-picture"
            />
          </figure>
          <PassFacts sighting={sighting} />
        </div>
        <div className="pass-column">
          {sighting.isRecorded ? (
            <div className="panel" aria-label={say('pass.recording')}>
              <PlaybackPlayer
                key={sighting.sightingId}
                isPart
                cameraId={sighting.cameraId}
                fromMs={timeMs - aroundMs}
                toMs={timeMs + aroundMs}
                startMs={timeMs - leadMs}
                markMs={timeMs}
              />
            </div>
          ) : (
            <div className="pass-unrecorded muted small">
              <Icon name="film" />
              {say('pass.notRecorded')}
            </div>
          )}
          <Neighbours sighting={sighting} query={props.query} onOpen={props.onOpen} />
        </div>
      </div>
    </section>
  );
}

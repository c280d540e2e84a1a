import { Link } from 'react-router';
import type { Sighting } from '#api/contract/sightings.ts';
import { PlaybackPlayer } from '../player/playback-player.tsx';
import { formatClock, formatTime } from '../shared/format.ts';
import { FramedPicture } from '../shared/framed-picture.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';

/** The vehicle is seen coming. */
const leadMs = 1_000;
/** What the small timeline around the pass spans, either way. */
const aroundMs = 10_000;

interface PassDetailProps {
  readonly sighting: Sighting;
  readonly index: number;
  readonly total: number;
  onStep: (by: 1 | -1) => void;
  onPlate: (plate: string) => void;
  onClose: () => void;
}

/** Everything about one pass: picture with its box, crop, what else the plate could be, and the recording around it. */
export function PassDetail({ sighting, index, total, onStep, onPlate, onClose }: PassDetailProps) {
  const { say } = useText();
  const { plate } = sighting;
  const timeMs = new Date(sighting.time).getTime();
  return (
    <section
      className="pass"
      aria-label={say('pass.title')}
      data-testid="pass-detail"
      data-sighting={sighting.sightingId}
    >
      <header className="pass-head">
        {plate ? <PlateChip plate={plate} isLarge /> : <h2>{say('plate.none')}</h2>}
        <div className="pass-where">
          <strong>{formatTime(sighting.time)}</strong>
          <span className="muted small one-line">{`${sighting.cameraName} · ${say(`vehicle.${sighting.vehicleType}`)}`}</span>
        </div>
        <div className="pass-walk">
          <button
            type="button"
            className="button icon"
            aria-label={say('pass.previous')}
            title={say('pass.previous')}
            disabled={index <= 0}
            onClick={() => onStep(-1)}
          >
            <Icon name="left" />
          </button>
          {index >= 0 && <span className="muted small">{say('pass.position', { index: index + 1, total })}</span>}
          <button
            type="button"
            className="button icon"
            aria-label={say('pass.next')}
            title={say('pass.next')}
            disabled={index < 0 || index >= total - 1}
            onClick={() => onStep(1)}
          >
            <Icon name="right" />
          </button>
          <button
            type="button"
            className="button quiet icon"
            aria-label={say('common.close')}
            title={say('common.close')}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </div>
      </header>
      <div className="pass-body">
        <div className="pass-left">
          <figure className="pass-picture">
            <FramedPicture
              url={sighting.pictureUrl}
              box={sighting.box}
              alt={say('pass.picture')}
              testId="pass-picture"
            />
          </figure>
          <div className="pass-facts">
            {sighting.cropUrl && (
              <div className="pass-crop">
                <img src={sighting.cropUrl} alt={plate?.text ?? ''} data-testid="pass-crop" />
              </div>
            )}
            {plate && (
              <>
                <div className="small">
                  {say('pass.confidence', { percent: (plate.confidence * 100).toFixed(0) })}
                  <span className="muted">
                    {' '}
                    · {say('pass.frames', { read: plate.framesRead, agreeing: plate.framesAgreeing })}
                  </span>
                </div>
                {plate.alternatives.length > 0 && (
                  <div className="pass-alternatives">
                    <h3>{say('pass.alternatives')}</h3>
                    {plate.alternatives.map((alternative) => (
                      <div key={alternative.text} className="alternative small">
                        <PlateChip plate={{ text: alternative.text, colour: plate.colour }} />
                        <span className="bar" aria-hidden="true">
                          <span style={{ width: `${alternative.confidence * 100}%` }} />
                        </span>
                        <span>{`${(alternative.confidence * 100).toFixed(0)} %`}</span>
                      </div>
                    ))}
                  </div>
                )}
                <button type="button" className="button" onClick={() => onPlate(plate.text)}>
                  <Icon name="route" size={18} />
                  {say('trajectory.show')}
                </button>
              </>
            )}
            <dl className="pass-list small">
              <dt className="muted">{say('pass.seen')}</dt>
              <dd>{`${formatClock(sighting.firstSeen)} – ${formatClock(sighting.lastSeen)}`}</dd>
            </dl>
            <Link
              className="button"
              to={`/playback?camera=${sighting.cameraId}&time=${encodeURIComponent(sighting.time)}`}
            >
              <Icon name="playback" size={18} />
              {say('pass.openPlayback')}
            </Link>
          </div>
        </div>
        <div className="pass-recording">
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
            <p className="muted small">{say('pass.notRecorded')}</p>
          )}
        </div>
      </div>
    </section>
  );
}

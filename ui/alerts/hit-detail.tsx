import type { WatchlistHit } from '#api/contract/sightings.ts';
import { PlaybackPlayer } from '../player/playback-player.tsx';
import { formatTime } from '../shared/format.ts';
import { FramedPicture } from '../shared/framed-picture.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { HitMark } from './hit-mark.tsx';

const aroundMs = 10_000;
const leadMs = 1_000;

/** The plate as it is watched, above the plate as it was read, character under character. */
function PlatePair({ watched, read }: { watched: string; read: string | undefined }) {
  const { say } = useText();
  const characters = Array.from(watched);
  const readCharacters = Array.from(read ?? '');
  return (
    <table className="plate-pair">
      <tbody>
        <tr>
          <th className="muted small">{say('hit.watched')}</th>
          {characters.map((character, index) => (
            <td key={index}>{character}</td>
          ))}
        </tr>
        <tr>
          <th className="muted small">{say('hit.read')}</th>
          {Array.from({ length: Math.max(characters.length, readCharacters.length) }, (_, index) => (
            <td key={index} className={readCharacters[index] === characters[index] ? '' : 'differs'}>
              {readCharacters[index] ?? '–'}
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

/** One hit with all that is needed to judge it. */
export function HitDetail(props: {
  hit: WatchlistHit;
  note: string;
  position: string;
  isPending: boolean;
  onNote: (note: string) => void;
  onDecide: (verdict: 'confirmed' | 'false') => void;
}) {
  const { say } = useText();
  const { hit } = props;
  const { sighting, decision } = hit;
  const timeMs = Date.parse(hit.time);
  return (
    <>
      <div className="hit-head">
        <HitMark hit={hit} />
        <strong>{formatTime(hit.time)}</strong>
        <span className="one-line">{sighting?.cameraName}</span>
        <span className="muted small hit-position">{props.position}</span>
      </div>
      <div className="hit-body">
        <div className="hit-pictures">
          {sighting ? (
            <figure className="hit-picture">
              <FramedPicture
                url={sighting.pictureUrl}
                box={sighting.box}
                alt={say('pass.picture')}
                testId="hit-picture"
              />
            </figure>
          ) : (
            <p className="muted">{say('hit.gone')}</p>
          )}
          {sighting?.isRecorded && (
            <div className="panel">
              <PlaybackPlayer
                isPart
                cameraId={sighting.cameraId}
                fromMs={timeMs - aroundMs}
                toMs={timeMs + aroundMs}
                startMs={timeMs - leadMs}
                markMs={timeMs}
              />
            </div>
          )}
        </div>
        <div className="hit-judge">
          {sighting?.cropUrl && <img className="hit-crop" src={sighting.cropUrl} alt="" data-testid="hit-crop" />}
          <PlatePair watched={hit.plate} read={sighting?.plate?.text} />
          <p className="small">
            {say(hit.match === 'exact' ? 'hit.exact' : 'hit.possible', {
              percent: Math.round(hit.confidence * 100),
            })}
          </p>
          <dl className="hit-facts small">
            <dt className="muted">{say('watchlist.reason')}</dt>
            <dd>{hit.reason}</dd>
            <dt className="muted">{say('watchlist.owner')}</dt>
            <dd>{hit.owner}</dd>
            {decision && (
              <>
                <dt className="muted">{say(`hit.state.${decision.verdict}`)}</dt>
                <dd>{`${decision.by} · ${formatTime(decision.at)}${decision.note ? ` · ${decision.note}` : ''}`}</dd>
              </>
            )}
          </dl>
          <label className="field">
            {`${say('hit.note')} · ${say('common.optional')}`}
            <input
              className="input"
              data-testid="hit-note"
              maxLength={500}
              value={props.note}
              onChange={(event) => props.onNote(event.target.value)}
            />
          </label>
          <div className="hit-buttons">
            <button
              type="button"
              className="button primary"
              data-testid="hit-confirm"
              disabled={props.isPending}
              onClick={() => props.onDecide('confirmed')}
            >
              <Icon name="check" size={18} />
              {say('hit.confirm')}
              <kbd className="key">Y</kbd>
            </button>
            <button
              type="button"
              className="button"
              data-testid="hit-false"
              disabled={props.isPending}
              onClick={() => props.onDecide('false')}
            >
              <Icon name="close" size={18} />
              {say('hit.false')}
              <kbd className="key">N</kbd>
            </button>
          </div>
        </div>
      </div>
    </>
  );
}

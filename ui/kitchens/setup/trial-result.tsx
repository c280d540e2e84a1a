import type { KitchenTrial } from '#api/contract/kitchen-setup.ts';
import { formatClock, formatDuration, formatTime } from '../../shared/format.ts';
import { FramedPicture } from '../../shared/framed-picture.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { TrialTimeline } from './trial-timeline.tsx';

interface TrialResultProps {
  readonly trial: KitchenTrial;
  nameOf: (item: string) => string;
  readonly openedId: string | undefined;
  onOpen: (violationId: string | undefined) => void;
}

/** How far a trial is, what it would have raised, and what it could not look at. */
export function TrialResult({ trial, nameOf, openedId, onOpen }: TrialResultProps) {
  const { say, pick } = useText();
  const { violations, state } = trial;
  const opened = violations.find(({ violationId }) => violationId === openedId) ?? violations[0];
  if (state === 'failed') {
    const { problem } = trial;
    return (
      <div className="notice bad" role="alert" data-testid="trial-failed">
        <Icon name="warning" size={18} />
        <div>
          <div>{problem ? pick({ zh: problem.zh, en: problem.en }) : say('trial.failed')}</div>
          {problem && <div className="muted">{pick({ zh: problem.remedyZh, en: problem.remedyEn })}</div>}
          {problem && <div className="code">{say('common.code', { code: problem.code })}</div>}
        </div>
      </div>
    );
  }
  return (
    <div className="trial" data-testid="trial" data-state={state}>
      <Progress trial={trial} />
      <TrialTimeline trial={trial} nameOf={nameOf} openedId={opened?.violationId} onOpen={onOpen} />
      {violations.length > 0 && (
        <div className="trial-found">
          <ol className="trial-list">
            {violations.map((violation) => {
              const { violationId, item, since, raised, closed } = violation;
              const lasted = new Date(closed ?? trial.to).getTime() - new Date(since).getTime();
              return (
                <li key={violationId}>
                  <button
                    type="button"
                    data-testid="trial-violation"
                    data-item={item}
                    aria-current={violationId === opened?.violationId}
                    onClick={() => onOpen(violationId)}
                  >
                    <strong className="one-line">{nameOf(item)}</strong>
                    <span className="small">
                      {say('trial.at', { since: formatClock(since), raised: formatClock(raised) })}
                    </span>
                    <span className="muted small">
                      {closed
                        ? say('violation.lasted', { duration: formatDuration(lasted) })
                        : state === 'done'
                          ? say('trial.stillOpen', { duration: formatDuration(lasted) })
                          : say('trial.open')}
                    </span>
                  </button>
                </li>
              );
            })}
          </ol>
          {opened && (
            <figure className="trial-picture">
              <FramedPicture
                url={opened.pictureUrl}
                box={opened.box}
                alt={nameOf(opened.item)}
                tone="bad"
                testId="trial-picture"
              />
              <figcaption className="muted small">
                {say('trial.picture', { item: nameOf(opened.item), time: formatTime(opened.raised) })}
              </figcaption>
            </figure>
          )}
        </div>
      )}
      {violations.length === 0 && state === 'done' && (
        <div className="notice" data-testid="trial-clear">
          <Icon name="check" size={17} />
          {say('trial.none')}
        </div>
      )}
      <Caveats trial={trial} nameOf={nameOf} />
    </div>
  );
}

function Progress({ trial }: { trial: KitchenTrial }) {
  const { say } = useText();
  const { state, ahead, progress, pictures, picturesPerSecond, violations } = trial;
  const range = say('trial.range', { from: formatTime(trial.from), to: formatTime(trial.to) });
  if (state === 'done') {
    return (
      <div className="trial-progress" data-testid="trial-done">
        <div>
          <strong>{say('trial.done', { count: violations.length })}</strong>
        </div>
        <div className="muted small">
          {range} · {say('trial.pictures', { count: pictures })} ·{' '}
          {picturesPerSecond === undefined ? say('trial.keyFrames') : say('trial.fps', { fps: picturesPerSecond })}
        </div>
      </div>
    );
  }
  return (
    <div className="trial-progress">
      <div className="muted small">
        {state === 'waiting' ? say('trial.waiting', { count: ahead }) : say('trial.running')} · {range}
      </div>
      <progress max={1} value={state === 'waiting' ? 0 : progress} aria-label={say('trial.running')} />
      <div className="muted small">
        {Math.round(progress * 100)} % · {say('trial.pictures', { count: pictures })}
      </div>
    </div>
  );
}

/** What was not looked at, and what could not be told: a quiet hour must not look better than it was seen. */
function Caveats({ trial, nameOf }: { trial: KitchenTrial; nameOf: (item: string) => string }) {
  const { say, pick } = useText();
  const { notLookedAt, notJudged, faultyPictures } = trial;
  if (notLookedAt.length + notJudged.length + faultyPictures === 0) return null;
  return (
    <section className="trial-caveats small" data-testid="trial-caveats">
      {notJudged.length > 0 && (
        <>
          <h3>{say('trial.notJudged')}</h3>
          <ul>
            {notJudged.map(({ item, reason }) => (
              <li key={`${item} ${reason.en}`}>
                <Icon name="warning" size={15} />
                <strong>{nameOf(item)}</strong> <span>{pick(reason)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {notLookedAt.length > 0 && (
        <>
          <h3>{say('trial.notLookedAt')}</h3>
          <ul>
            {notLookedAt.map(({ from, to, reason }) => (
              <li key={from}>
                <span className="trial-gap-mark" aria-hidden="true" />
                <span>{say('trial.gap', { from: formatClock(from), to: formatClock(to) })}</span>
                <span className="muted">{pick(reason)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {faultyPictures > 0 && <p>{say('trial.faulty', { count: faultyPictures })}</p>}
    </section>
  );
}

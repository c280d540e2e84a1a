import type { Camera } from '#api/contract/cameras.ts';
import { type TextKey, useText } from '../shared/i18n.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import { nextStep } from './tour.ts';
import type { RunningTour } from './use-tour.ts';

/** What the tour shows, what comes next and when; a touch elsewhere has paused it. */
export function TourBar({ running, byId }: { running: RunningTour; byId: ReadonlyMap<string, Camera> }) {
  const { say } = useText();
  const { tour } = running;
  if (!tour) return null;
  const next = nextStep(tour);
  const names = (next?.tiles ?? []).flatMap((id) => (id === null ? [] : (byId.get(id)?.name ?? []))).slice(0, 3);
  const button = (icon: IconName, label: TextKey, run: () => void) => (
    <button type="button" className="tile-button" aria-label={say(label)} title={say(label)} onClick={run}>
      <Icon name={icon} size={16} />
    </button>
  );
  return (
    <div className="tour-bar small" role="status" data-testid="tour-bar" data-paused={tour.isPaused}>
      <Icon name="tour" size={15} />
      <strong className="one-line">{tour.name}</strong>
      <span>
        {tour.at + 1} / {tour.steps.length}
      </span>
      <span className="one-line tour-next">
        {tour.isPaused
          ? say('tour.paused')
          : say('tour.next', { seconds: running.leftSeconds, names: names.join('、') || '–' })}
      </span>
      {button('stepBack', 'tour.before', () => running.step(-1))}
      {tour.isPaused
        ? button('play', 'tour.resume', () => running.setPaused(false))
        : button('pause', 'tour.pause', () => running.setPaused(true))}
      {button('stepForward', 'tour.after', () => running.step(1))}
      {button('close', 'tour.stop', running.stop)}
    </div>
  );
}

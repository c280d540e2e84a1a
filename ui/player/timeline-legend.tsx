import { useText } from '../shared/i18n.ts';

/** What the looks on the timeline mean. */
export function TimelineLegend() {
  const { say } = useText();
  return (
    <ul className="timeline-legend small muted" aria-label={say('playback.legend')}>
      <li>
        <span className="legend-recorded" />
        {say('playback.recorded')}
      </li>
      <li>
        <span className="gap-mark planned" />
        {say('gap.planned')}
      </li>
      <li>
        <span className="gap-mark" />
        {say('gap.lost')}
      </li>
      <li>
        <span className="legend-event" />
        {say('playback.event')}
      </li>
    </ul>
  );
}

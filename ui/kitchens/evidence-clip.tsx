import { useQuery } from '@tanstack/react-query';
import type { Violation } from '#api/contract/kitchen.ts';
import type { Timeline } from '#api/contract/recordings.ts';
import { PlaybackPlayer } from '../player/playback-player.tsx';
import { getJson, queryString } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';

/** Ten seconds before it began to ten seconds after it was raised, out of the recording; says so when that is gone. */
export function EvidenceClip({ violation }: { violation: Violation }) {
  const { say, pick } = useText();
  const { from, to } = violation.clip;
  const timeline = useQuery({
    queryKey: ['evidence-clip', violation.violationId],
    queryFn: ({ signal }) =>
      getJson<Timeline>(`/api/recordings/${violation.cameraId}/timeline${queryString({ from, to })}`, signal),
  });
  if (timeline.isError) return <ErrorNotice error={timeline.error} onRetry={() => void timeline.refetch()} />;
  if (!timeline.data) return null;
  const [gap] = timeline.data.gaps;
  if (timeline.data.segments.length === 0)
    return (
      <div className="notice warn" data-testid="clip-gone">
        <Icon name="film" size={18} />
        <span>
          {say('violation.clipGone')} {gap ? pick(gap.reason) : ''}
        </span>
      </div>
    );
  return (
    <div className="panel">
      <PlaybackPlayer
        isPart
        cameraId={violation.cameraId}
        fromMs={new Date(from).getTime()}
        toMs={new Date(to).getTime()}
        startMs={new Date(from).getTime()}
        markMs={new Date(violation.since).getTime()}
      />
    </div>
  );
}

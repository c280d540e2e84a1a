import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Violation } from '#api/contract/kitchen.ts';
import { sendJson } from '../shared/api-client.ts';
import { formatClock } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useMay } from '../shared/queries.ts';
import { useProblemToast } from '../shared/toast.tsx';

/** The film that is kept beside the picture, and, where there is none, why. Who may see recordings finds the way there. */
export function EvidenceClip({ violation }: { violation: Violation }) {
  const { say } = useText();
  const mayPlay = useMay('recording.view');
  const [isShown, setShown] = useState(false);
  const { clip, cameraId } = violation;
  const isReady = clip.state === 'ready' && clip.url !== undefined;
  return (
    <div className="violation-clip" data-testid="evidence-clip" data-state={clip.state}>
      {!isReady && <ClipState violation={violation} />}
      {isReady && isShown && (
        <figure>
          <video
            src={clip.url}
            controls
            autoPlay
            muted
            playsInline
            loop
            data-testid="clip-video"
            // Below a large picture it would play out of sight.
            onLoadedData={(event) => event.currentTarget.scrollIntoView({ block: 'nearest' })}
          />
          <figcaption className="muted small">
            {say('clip.caption', { from: formatClock(clip.from), to: formatClock(clip.to) })}{' '}
            {say(clip.isBlurred ? 'clip.blurred' : 'clip.notBlurred')}
          </figcaption>
        </figure>
      )}
      <div className="violation-clip-ways">
        {isReady && !isShown && (
          <button type="button" className="button" data-testid="play-clip" onClick={() => setShown(true)}>
            <Icon name="play" size={18} />
            {say('clip.play')}
          </button>
        )}
        {mayPlay && (
          <Link
            className="button quiet"
            data-testid="clip-recording"
            to={`/playback?camera=${cameraId}&time=${encodeURIComponent(clip.from)}`}
          >
            <Icon name="film" size={18} />
            {say('clip.recording')}
          </Link>
        )}
      </div>
    </div>
  );
}

/** Why there is nothing to play. */
function ClipState({ violation: { clip, violationId } }: { violation: Violation }) {
  const { say, pick } = useText();
  const client = useQueryClient();
  const onError = useProblemToast();
  const retry = useMutation({
    mutationFn: async () => await sendJson<Violation>('POST', `/api/violations/${violationId}/clip`, {}),
    onSuccess: () => {
      for (const key of ['violations', 'violation']) void client.invalidateQueries({ queryKey: [key] });
    },
    onError,
  });
  if (clip.state === 'ready') return null;
  const isComing = clip.state === 'waiting' || clip.state === 'making';
  return (
    <div className={isComing ? 'notice' : 'notice warn'} data-testid="clip-state">
      <Icon name={isComing ? 'info' : 'film'} size={18} />
      <span>
        {say(`clip.${clip.state}`)} {clip.reason ? pick(clip.reason) : ''}
      </span>
      {clip.mayRetry && (
        <button
          type="button"
          className="button quiet"
          data-testid="clip-retry"
          disabled={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {say('clip.retry')}
        </button>
      )}
    </div>
  );
}

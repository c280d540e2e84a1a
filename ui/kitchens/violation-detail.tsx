import { useEffect, useState } from 'react';
import type { DismissReason, ReviewInput, Violation } from '#api/contract/kitchen.ts';
import { PlaybackPlayer } from '../player/playback-player.tsx';
import { formatDuration, formatTime } from '../shared/format.ts';
import { FramedPicture } from '../shared/framed-picture.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';
import { useMay } from '../shared/queries.ts';
import { useKeys } from '../shared/use-keys.ts';
import { useNow } from '../shared/use-now.ts';

const reasons: readonly DismissReason[] = [
  'not_what_it_says',
  'picture_unclear',
  'camera_moved',
  'allowed_here',
  'other',
];
const aroundMs = 15_000;

interface ViolationDetailProps {
  readonly violation: Violation;
  readonly isPending: boolean;
  onReview: (input: ReviewInput) => void;
  onClose: () => void;
}

/** The evidence, large, and the two answers it wants. */
export function ViolationDetail({ violation, isPending, onReview, onClose }: ViolationDetailProps) {
  const { say } = useText();
  const mayPlay = useMay('recording.view');
  const now = useNow(1000);
  const [isDismissing, setDismissing] = useState(false);
  const [note, setNote] = useState('');
  const [isRecordingShown, setRecordingShown] = useState(false);
  useEffect(() => {
    setDismissing(false);
    setNote('');
    setRecordingShown(false);
  }, [violation.violationId]);
  const confirm = () => onReview({ decision: 'confirmed', ...(note === '' ? {} : { note }) });
  const dismiss = (reason: DismissReason) =>
    onReview({ decision: 'dismissed', reason, ...(note === '' ? {} : { note }) });
  useKeys([
    { keys: ['Y'], label: 'keys.kitchens.confirm', run: confirm },
    { keys: ['N'], label: 'keys.kitchens.dismiss', run: () => setDismissing(true) },
    ...(isDismissing
      ? [
          {
            keys: ['1', '2', '3', '4', '5'],
            show: '1 – 5',
            label: 'keys.kitchens.reason' as const,
            run: (key: string) => {
              const reason = reasons[Number(key) - 1];
              if (reason) dismiss(reason);
            },
          },
        ]
      : []),
    { keys: ['Escape'], label: 'keys.kitchens.close', run: () => (isDismissing ? setDismissing(false) : onClose()) },
  ]);
  const sinceMs = new Date(violation.since).getTime();
  const severity = violation.severity >= 3 ? 3 : violation.severity === 2 ? 2 : 1;
  return (
    <section
      className="violation"
      aria-label={say('violation.title')}
      data-testid="violation-detail"
      data-violation={violation.violationId}
    >
      <header className="violation-head">
        <div>
          <h2>
            <ItemName code={violation.item} />
          </h2>
          <div className="muted small">{`${violation.kitchenName} · ${violation.district}`}</div>
        </div>
        <button type="button" className="button quiet icon" aria-label={say('common.close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div className="violation-body">
        <div className="violation-picture">
          <FramedPicture url={violation.pictureUrl} box={violation.box} alt="" tone="bad" testId="violation-picture" />
        </div>
        <dl className="violation-facts small">
          <div>{say('violation.since', { time: formatTime(violation.since) })}</div>
          <div>
            {violation.closedAt === undefined
              ? say('violation.still', { duration: formatDuration(now - sinceMs) })
              : say('violation.lasted', { duration: formatDuration(new Date(violation.closedAt).getTime() - sinceMs) })}
          </div>
          <div>{say(`violation.severity.${severity}`)}</div>
          <div>{say('violation.confidence', { percent: (violation.score * 100).toFixed(0) })}</div>
          <div className="muted">{say('violation.rule', { name: violation.ruleName })}</div>
        </dl>
        {mayPlay && !isRecordingShown && (
          <button type="button" className="button" onClick={() => setRecordingShown(true)}>
            <Icon name="play" size={18} />
            {say('violation.showRecording')}
          </button>
        )}
        {isRecordingShown && (
          <div className="panel">
            <PlaybackPlayer
              key={violation.violationId}
              isPart
              cameraId={violation.cameraId}
              fromMs={sinceMs - aroundMs}
              toMs={new Date(violation.openedAt).getTime() + aroundMs}
              startMs={sinceMs - 3_000}
              markMs={sinceMs}
            />
          </div>
        )}
        {violation.review && (
          <div className="notice">
            <Icon name={violation.review.decision === 'confirmed' ? 'check' : 'close'} size={18} />
            <div>
              <strong>{say(`review.${violation.review.decision}`)}</strong>
              {violation.review.reason && ` · ${say(`reason.${violation.review.reason}`)}`}
              <div className="muted">
                {say('review.by', { name: violation.review.by, time: formatTime(violation.review.at) })}
              </div>
              {violation.review.note && <div>{violation.review.note}</div>}
              <div className="muted">{say('review.again')}</div>
            </div>
          </div>
        )}
      </div>
      <footer className="violation-foot">
        {isDismissing ? (
          <>
            <div className="small">{say('review.why')}</div>
            <div className="reasons">
              {reasons.map((reason, index) => (
                <button
                  key={reason}
                  type="button"
                  className="button"
                  data-testid={`reason-${reason}`}
                  disabled={isPending}
                  onClick={() => dismiss(reason)}
                >
                  <kbd className="key">{index + 1}</kbd>
                  {say(`reason.${reason}`)}
                </button>
              ))}
              <button type="button" className="button quiet" onClick={() => setDismissing(false)}>
                {say('common.cancel')}
              </button>
            </div>
            <input
              className="input"
              placeholder={say('review.note')}
              aria-label={say('review.note')}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          </>
        ) : (
          <div className="answers">
            <button
              type="button"
              className="button primary"
              data-testid="review-confirm"
              disabled={isPending}
              onClick={confirm}
            >
              <Icon name="check" size={18} />
              {say('review.confirm')}
              <kbd className="key">Y</kbd>
            </button>
            <button
              type="button"
              className="button"
              data-testid="review-dismiss"
              disabled={isPending}
              onClick={() => setDismissing(true)}
            >
              <Icon name="close" size={18} />
              {say('review.dismiss')}
              <kbd className="key">N</kbd>
            </button>
          </div>
        )}
      </footer>
    </section>
  );
}

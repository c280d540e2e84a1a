import type { Violation } from '#api/contract/kitchen.ts';
import { formatDuration, formatTime } from '../shared/format.ts';
import { FramedPicture } from '../shared/framed-picture.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';
import { useNow } from '../shared/use-now.ts';
import { Deadline } from './deadline.tsx';
import { EvidenceClip } from './evidence-clip.tsx';
import { Recheck } from './recheck.tsx';
import { RemedyLink } from './remedy-link.tsx';
import type { Action } from './use-work.ts';
import { useViolationFile } from './use-violations.ts';
import { ViolationActions } from './violation-actions.tsx';
import { ViolationHistory } from './violation-history.tsx';
import { StageMark } from './violation-list.tsx';

interface ViolationDetailProps {
  readonly violation: Violation;
  readonly count: number;
  readonly isPending: boolean;
  onAct: (action: Action) => void;
  onOpen: (violationId: string) => void;
  onClose: () => void;
}

/** The evidence, large, what was done so far, and the answers it wants. */
export function ViolationDetail({ violation, count, isPending, onAct, onOpen, onClose }: ViolationDetailProps) {
  const { say } = useText();
  const now = useNow(1000);
  const file = useViolationFile(violation.violationId).data;
  const sinceMs = new Date(violation.since).getTime();
  const severity = violation.severity >= 3 ? 3 : violation.severity === 2 ? 2 : 1;
  const isBeingRemedied = violation.stage === 'asked' || violation.stage === 'answered';
  return (
    <section
      className="violation"
      aria-label={say('violation.title')}
      data-testid="violation-detail"
      data-violation={violation.violationId}
      data-stage={violation.stage}
    >
      <header className="violation-head">
        <div>
          <h2>
            <ItemName code={violation.item} />
          </h2>
          <div className="muted small">{`${violation.kitchenName} · ${violation.district}`}</div>
        </div>
        <span className="violation-standing">
          <StageMark violation={violation} />
          <Deadline violation={violation} />
        </span>
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
          <div className="muted">{say('violation.itemVersion', { version: violation.itemVersion })}</div>
        </dl>
        {violation.held && (
          <div className="notice warn">
            <Icon name="pause" size={18} />
            <span>{say(`held.${violation.held}`)}</span>
          </div>
        )}
        <EvidenceClip key={violation.violationId} violation={file?.violation ?? violation} />
        <div className="violation-looks">
          {(isBeingRemedied || violation.stage === 'confirmed') && (
            <Recheck
              key={violation.violationId}
              violation={violation}
              isPending={isPending}
              onResult={(result) => onAct({ kind: 'recheck', result })}
            />
          )}
        </div>
        {violation.stage === 'asked' && <RemedyLink violation={violation} />}
        {file && <ViolationHistory file={file} onOpen={onOpen} />}
      </div>
      <footer className="violation-foot">
        <ViolationActions violation={violation} count={count} isPending={isPending} onAct={onAct} onClose={onClose} />
      </footer>
    </section>
  );
}

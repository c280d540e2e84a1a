import { useEffect, useRef } from 'react';
import type { Violation } from '#api/contract/kitchen.ts';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';
import { Deadline } from './deadline.tsx';

const stageIcons: Record<Violation['stage'], IconName> = {
  new: 'info',
  confirmed: 'check',
  dismissed: 'close',
  asked: 'playback',
  answered: 'feed',
  accepted: 'check',
};

/** Where a violation stands, as a word with its sign. */
export function StageMark({ violation }: { violation: Violation }) {
  const { say } = useText();
  return (
    <span className={`state stage-${violation.stage}`} data-testid="violation-stage" data-stage={violation.stage}>
      <Icon name={stageIcons[violation.stage]} size={14} />
      {say(`stage.${violation.stage}`)}
    </span>
  );
}

/** The work list; newest first, remedies by their deadline. Marked ones are answered together. */
export function ViolationList(props: {
  violations: readonly Violation[];
  opened: string | undefined;
  marked: ReadonlySet<string>;
  onOpen: (violationId: string) => void;
  onMark: (violationId: string) => void;
}) {
  const { say } = useText();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [props.opened]);
  return (
    <ul ref={list}>
      {props.violations.map((violation) => (
        <li key={violation.violationId} className="violation-item">
          <input
            type="checkbox"
            className="violation-check"
            aria-label={say('violations.mark')}
            checked={props.marked.has(violation.violationId)}
            onChange={() => props.onMark(violation.violationId)}
          />
          <button
            type="button"
            className="violation-row"
            data-testid="violation-row"
            data-violation={violation.violationId}
            aria-current={violation.violationId === props.opened}
            onClick={() => props.onOpen(violation.violationId)}
          >
            <span className="violation-thumb">
              {violation.pictureUrl ? <img src={violation.pictureUrl} alt="" loading="lazy" /> : <Icon name="video" />}
            </span>
            <span className="violation-text">
              <strong className="one-line">
                <ItemName code={violation.item} />
              </strong>
              <span className="small one-line">{violation.kitchenName}</span>
              <span className="muted small">{formatTime(violation.since)}</span>
            </span>
            <span className="violation-state small">
              {violation.closedAt === undefined && violation.stage !== 'accepted' && (
                <span className="state">
                  <span className="state-dot bad" />
                  {say('violations.open')}
                </span>
              )}
              <StageMark violation={violation} />
              <Deadline violation={violation} isShort />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

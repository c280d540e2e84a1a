import { useEffect, useRef } from 'react';
import type { Violation } from '#api/contract/kitchen.ts';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';

/** The work list, newest first. */
export function ViolationList(props: {
  violations: readonly Violation[];
  opened: string | undefined;
  onOpen: (violationId: string) => void;
}) {
  const { say } = useText();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [props.opened]);
  return (
    <ul ref={list}>
      {props.violations.map((violation) => (
        <li key={violation.violationId}>
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
              {violation.closedAt === undefined && (
                <span className="state">
                  <span className="state-dot bad" />
                  {say('violations.open')}
                </span>
              )}
              {violation.review ? (
                <span className="state muted">
                  <Icon name={violation.review.decision === 'confirmed' ? 'check' : 'close'} size={14} />
                  {say(`review.${violation.review.decision}`)}
                </span>
              ) : (
                <span className="state">{say('violations.unreviewed')}</span>
              )}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

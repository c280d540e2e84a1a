import { useEffect, useState } from 'react';
import type { DismissReason, Violation } from '#api/contract/kitchen.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useHygieneItems } from '../shared/queries.ts';
import { useKeys } from '../shared/use-keys.ts';
import { RemedyForm } from './remedy-form.tsx';
import type { Action } from './use-work.ts';

const reasons: readonly DismissReason[] = [
  'not_what_it_says',
  'picture_unclear',
  'camera_moved',
  'allowed_here',
  'other',
];

interface ViolationActionsProps {
  readonly violation: Violation;
  /** How many are answered by one key: the one that is open, or all that are marked. */
  readonly count: number;
  readonly isPending: boolean;
  onAct: (action: Action) => void;
  onClose: () => void;
}

/** The two or three answers that a violation wants as it stands, each with its key. */
export function ViolationActions({ violation, count, isPending, onAct, onClose }: ViolationActionsProps) {
  const { say } = useText();
  const [mode, setMode] = useState<'dismiss' | 'ask'>();
  const [note, setNote] = useState('');
  const { stage } = violation;
  useEffect(() => {
    setMode(undefined);
    setNote('');
  }, [violation.violationId, stage]);
  const items = useHygieneItems().data;
  const usualHours = items?.find(({ code }) => code === violation.item)?.remedyDeadlineHours ?? 24;
  const noted = note === '' ? {} : { note };
  const isAnswered = stage === 'answered';
  const may = {
    confirm: stage === 'new' || stage === 'dismissed',
    accept: stage === 'confirmed' || stage === 'asked' || isAnswered,
    dismiss: stage !== 'dismissed' && stage !== 'accepted',
    ask: stage === 'new' || stage === 'confirmed' || isAnswered,
  };
  const yes = (): void => {
    if (may.confirm) onAct({ kind: 'confirm', ...noted });
    else if (isAnswered) onAct({ kind: 'accept', ...noted });
  };
  useKeys([
    { keys: ['Y'], label: 'keys.kitchens.confirm', run: yes },
    { keys: ['N'], label: 'keys.kitchens.dismiss', run: () => may.dismiss && setMode('dismiss') },
    { keys: ['R'], label: 'keys.kitchens.ask', run: () => may.ask && setMode('ask') },
    ...(mode === 'dismiss'
      ? [
          {
            keys: ['1', '2', '3', '4', '5'],
            show: '1 – 5',
            label: 'keys.kitchens.reason' as const,
            run: (key: string) => {
              const reason = reasons[Number(key) - 1];
              if (reason) onAct({ kind: 'dismiss', reason, ...noted });
            },
          },
        ]
      : []),
    { keys: ['Escape'], label: 'keys.kitchens.close', run: () => (mode ? setMode(undefined) : onClose()) },
  ]);

  if (mode === 'ask')
    return (
      <RemedyForm
        usualHours={usualHours}
        isAgain={isAnswered}
        isPending={isPending}
        onAsk={(asked) => onAct({ kind: 'ask', ...asked })}
        onCancel={() => setMode(undefined)}
      />
    );
  if (mode === 'dismiss')
    return (
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
              onClick={() => onAct({ kind: 'dismiss', reason, ...noted })}
            >
              <kbd className="key">{index + 1}</kbd>
              {say(`reason.${reason}`)}
            </button>
          ))}
          <button type="button" className="button quiet" onClick={() => setMode(undefined)}>
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
    );
  if (stage === 'accepted') return <div className="small muted">{say('remedy.closed')}</div>;
  return (
    <>
      {count > 1 && <div className="small">{say('violations.together', { count })}</div>}
      <div className="answers">
        {may.confirm && (
          <button
            type="button"
            className="button primary"
            data-testid="review-confirm"
            disabled={isPending}
            onClick={yes}
          >
            <Icon name="check" size={18} />
            {say('review.confirm')}
            <kbd className="key">Y</kbd>
          </button>
        )}
        {may.accept && (
          <button
            type="button"
            className={`button${isAnswered ? ' primary' : ''}`}
            data-testid="remedy-accept"
            disabled={isPending}
            onClick={() => onAct({ kind: 'accept' })}
          >
            <Icon name="check" size={18} />
            {say('remedy.accept')}
            {isAnswered && <kbd className="key">Y</kbd>}
          </button>
        )}
        {may.dismiss && (
          <button
            type="button"
            className="button"
            data-testid="review-dismiss"
            disabled={isPending}
            onClick={() => setMode('dismiss')}
          >
            <Icon name="close" size={18} />
            {say('review.dismiss')}
            <kbd className="key">N</kbd>
          </button>
        )}
        {may.ask && (
          <button
            type="button"
            className="button"
            data-testid="remedy-ask"
            disabled={isPending}
            onClick={() => setMode('ask')}
          >
            <Icon name="edit" size={18} />
            {say(isAnswered ? 'remedy.sendBack' : 'remedy.ask')}
            <kbd className="key">R</kbd>
          </button>
        )}
      </div>
    </>
  );
}

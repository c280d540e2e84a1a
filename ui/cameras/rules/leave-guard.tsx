import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { Dialog } from '../../shared/dialog.tsx';
import { type TextKey, useText } from '../../shared/i18n.ts';

/** Asks before what was drawn is lost: by a link, by going back, by closing the page. */
export function LeaveGuard({
  isChanged,
  what = 'rules.leaveWhat',
  leave = 'rules.leave',
}: {
  isChanged: boolean;
  /** What becomes of it. */
  what?: TextKey;
  leave?: TextKey;
}) {
  const { say } = useText();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isChanged && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isChanged]);
  if (blocker.state !== 'blocked') return null;
  return (
    <Dialog title={say('rules.leaveTitle')} isNarrow onClose={() => blocker.reset()}>
      <p>{say(what)}</p>
      <div className="dialog-foot">
        <button type="button" className="button" data-testid="rules-stay" onClick={() => blocker.reset()}>
          {say('rules.stay')}
        </button>
        <button type="button" className="button danger" data-testid="rules-leave" onClick={() => blocker.proceed()}>
          {say(leave)}
        </button>
      </div>
    </Dialog>
  );
}

import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { Dialog } from '../../shared/dialog.tsx';
import { useText } from '../../shared/i18n.ts';

/** Asks before what was drawn is lost: by a link, by going back, by closing the page. */
export function LeaveGuard({ isChanged }: { isChanged: boolean }) {
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
      <p>{say('rules.leaveWhat')}</p>
      <div className="dialog-foot">
        <button type="button" className="button" data-testid="rules-stay" onClick={() => blocker.reset()}>
          {say('rules.stay')}
        </button>
        <button type="button" className="button danger" data-testid="rules-leave" onClick={() => blocker.proceed()}>
          {say('rules.leave')}
        </button>
      </div>
    </Dialog>
  );
}

import { useState, useSyncExternalStore } from 'react';
import { ApiProblem } from '../shared/api-client.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { liveEvents } from '../shared/live-events.ts';
import { useSystem } from '../shared/queries.ts';

function useIsOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('online', listener);
      window.addEventListener('offline', listener);
      return () => {
        window.removeEventListener('online', listener);
        window.removeEventListener('offline', listener);
      };
    },
    () => navigator.onLine,
  );
}

function useIsLiveConnected(): boolean {
  return useSyncExternalStore(
    (listener) => liveEvents.onStatus(listener),
    () => liveEvents.isConnected,
  );
}

/** What everyone should know now, one line each: the lost connection first, then what the server says of itself. */
export function NoticeStrip() {
  const { say, pick } = useText();
  const system = useSystem();
  const isOnline = useIsOnline();
  const isLiveConnected = useIsLiveConnected();
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const cannotAsk = system.error instanceof ApiProblem && system.error.isUnreachable;
  const isLost = !isOnline || cannotAsk || (!isLiveConnected && system.isError);
  const notices = (system.data?.notices ?? []).filter((notice) => !hidden.includes(notice.code));
  return (
    <div className="strip" aria-live="polite">
      {isLost && (
        <div className="strip-line error" role="alert" data-testid="connection-lost">
          <Icon name="warning" size={16} />
          <span>{say('shell.offline')}</span>
        </div>
      )}
      {notices.map((notice) => (
        <div key={notice.code} className={`strip-line ${notice.level}`} data-testid="system-notice">
          <Icon name={notice.level === 'info' ? 'info' : 'warning'} size={16} />
          <span className="one-line" title={pick(notice)}>
            {pick(notice)}
          </span>
          <button
            type="button"
            aria-label={say('shell.dismissNotice')}
            onClick={() => setHidden([...hidden, notice.code])}
          >
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}

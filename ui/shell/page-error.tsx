import { useRouteError } from 'react-router';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';

/** A fault of one page leaves the rail and the other pages alone. */
export function PageError() {
  const { say } = useText();
  const error = useRouteError();
  return (
    <div style={{ padding: 24, display: 'grid', gap: 12, maxWidth: 560 }}>
      <ErrorNotice error={error} />
      <button type="button" className="button" onClick={() => location.reload()}>
        {say('error.reload')}
      </button>
    </div>
  );
}

import { ApiProblem } from './api-client.ts';
import { Icon } from './icon.tsx';
import { useText } from './i18n.ts';

/** What happened, what to do, and the code for support; never a stack. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { say, pick } = useText();
  const problem = error instanceof ApiProblem ? error.problem : undefined;
  const title = problem ? pick({ zh: problem.titleZh, en: problem.title }) : say('error.page');
  const remedy = problem ? pick({ zh: problem.remedyZh, en: problem.remedy }) : say('error.pageRemedy');
  return (
    <div className="notice bad" role="alert">
      <Icon name="warning" size={18} />
      <div>
        <div>{title}</div>
        <div className="muted">{remedy}</div>
        <div className="code">
          {say('common.code', { code: problem?.code ?? 'UI_UNEXPECTED' })}
          {problem?.requestId ? ` · ${say('common.request', { id: problem.requestId })}` : ''}
        </div>
        {onRetry && (
          <button type="button" className="button small-button" style={{ marginTop: 8 }} onClick={onRetry}>
            {say('common.retry')}
          </button>
        )}
      </div>
    </div>
  );
}

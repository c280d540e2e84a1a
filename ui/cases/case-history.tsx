import type { CaseDetail } from '#api/contract/cases.ts';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { EmptyState } from '../shared/placeholders.tsx';
import { casesText } from './text.ts';

type DeedKey = Extract<keyof typeof casesText, `case.did.${string}`>;

function deedKey(action: string): DeedKey | undefined {
  const wanted = `case.did.${action}`;
  return Object.keys(casesText).find((key): key is DeedKey => key === wanted);
}

/** What was done in the case, newest first: from the audit log, which nobody can change. */
export function CaseHistory({ history }: { history: CaseDetail['history'] }) {
  const { say } = useText();
  if (history.length === 0) return <EmptyState icon="audit" title={say('case.history.none')} />;
  return (
    <div className="case-body">
      <table className="table">
        <tbody>
          {history.map((entry, index) => {
            const key = deedKey(entry.action);
            return (
              <tr key={`${entry.time} ${index}`} data-testid="case-history-row">
                <td className="case-history-time">{formatTime(entry.time)}</td>
                <td>{entry.by}</td>
                <td>{key ? say(key) : <code>{entry.action}</code>}</td>
                <td>{entry.target === '*' ? say('case.did.all') : entry.target}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

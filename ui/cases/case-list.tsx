import type { Case } from '#api/contract/cases.ts';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { ExpiryMark } from './expiry-mark.tsx';

export function CaseList(props: {
  cases: readonly Case[];
  chosen: string | undefined;
  onChoose: (caseId: string) => void;
}) {
  const { say } = useText();
  return (
    <ul className="case-rows">
      {props.cases.map((one) => (
        <li key={one.id}>
          <button
            type="button"
            className={`case-row${one.id === props.chosen ? ' chosen' : ''}`}
            aria-current={one.id === props.chosen}
            data-testid="case-row"
            onClick={() => props.onChoose(one.id)}
          >
            <span className="case-row-first">
              <strong className="one-line">{one.number}</strong>
              <ExpiryMark expiresAt={one.expiresAt} />
            </span>
            <span className="one-line">{one.title}</span>
            <span className="muted small one-line">
              {`${one.owner} · ${say('results.count', { count: one.items })} · ${say('case.lastActivity')} ${formatTime(one.lastActivity)}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

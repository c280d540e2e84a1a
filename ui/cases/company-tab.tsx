import { useState } from 'react';
import type { CaseDetail } from '#api/contract/cases.ts';
import { useText } from '../shared/i18n.ts';
import { CommonForm } from './common-form.tsx';
import { ConvoyForm } from './convoy-form.tsx';

/** Searches over many vehicles at once; they exist only here. */
export function CompanyTab({ detail }: { detail: CaseDetail }) {
  const { say } = useText();
  const [kind, setKind] = useState<'convoy' | 'common'>('convoy');
  return (
    <div className="case-body">
      <p className="notice small">{say('company.about')}</p>
      <div className="segmented company-kinds" role="group" aria-label={say('case.tab.company')}>
        {(['convoy', 'common'] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === kind}
            data-testid={`company-${name}`}
            onClick={() => setKind(name)}
          >
            {say(`company.${name}`)}
          </button>
        ))}
      </div>
      {kind === 'convoy' ? <ConvoyForm detail={detail} /> : <CommonForm detail={detail} />}
    </div>
  );
}

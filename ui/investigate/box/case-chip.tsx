import { useEffect, useRef, useState } from 'react';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { hasPurpose, type SearchQuery } from '../query/search-query.ts';
import { CaseMenu } from './case-menu.tsx';

/** For which case, or why, is searched; the first thing in the box, as nothing is searched without it. */
export function CaseChip(props: { query: SearchQuery; onChange: (query: SearchQuery) => void; onDone: () => void }) {
  const { say } = useText();
  const { query } = props;
  const isSet = hasPurpose(query);
  const [isOpen, setOpen] = useState(!isSet);
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    // A press elsewhere, or the focus in another field.
    const onElsewhere = (event: Event): void => {
      if (event.target instanceof Node && !holder.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', onElsewhere);
    document.addEventListener('focusin', onElsewhere);
    return () => {
      document.removeEventListener('pointerdown', onElsewhere);
      document.removeEventListener('focusin', onElsewhere);
    };
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    props.onDone();
  };
  return (
    <div
      ref={holder}
      className="case-holder"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.preventDefault();
        setOpen(false);
      }}
    >
      <button
        type="button"
        className={`case-chip${isSet ? '' : ' needed'}`}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        data-testid="case-chip"
        title={isSet ? say('case.chipAbout') : say('search.purposeFirstDetail')}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={query.caseId === undefined ? (isSet ? 'edit' : 'lock') : 'cases'} size={16} />
        <span className="term-kind">{say(query.caseId === undefined ? 'search.purpose' : 'case.one')}</span>
        <span className="one-line">{isSet ? query.purpose : say('case.choose')}</span>
        <Icon name="down" size={14} />
      </button>
      {isOpen && <CaseMenu query={query} onChange={props.onChange} onDone={close} />}
    </div>
  );
}

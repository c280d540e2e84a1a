import { useEffect, useMemo, useState } from 'react';
import { serverNow } from '../shared/server-clock.ts';
import { useUrlState } from '../shared/url-state.ts';
import { parseQuery, readAgain } from './query/parse-query.ts';
import type { PlaceIndex } from './query/places.ts';
import { applyTerms, parseSearch, type SearchQuery, writeSearch } from './query/search-query.ts';
import { useSettled } from './use-search.ts';

const reasonKey = 'vantage.searchReason';

/** Case or purpose of this page session; it ends with the tab. */
function remembered(): { purpose: string; caseId: string | undefined } {
  const [purpose = '', caseId = ''] = (sessionStorage.getItem(reasonKey) ?? '').split('\n');
  return { purpose, caseId: caseId === '' ? undefined : caseId };
}

/** At most four passes stand side by side. */
export const mostCompared = 4;
const idList = (text: string | null): string[] =>
  (text ?? '')
    .split(',')
    .filter((id) => /^[A-Za-z0-9_-]{1,64}$/.test(id))
    .slice(0, mostCompared);

export type View = 'compare' | 'play' | 'clones';
const views: readonly View[] = ['compare', 'play', 'clones'];

/** All that the page is about, in the address: the question, what is opened, what is compared. */
export function useInvestigation(places: PlaceIndex | undefined) {
  const [search, change] = useUrlState();
  const query = parseSearch(search, remembered());
  const [draft, setDraft] = useState(() => search.get('q') ?? '');
  const settledDraft = useSettled(draft);
  useEffect(() => {
    if (settledDraft === draft && (search.get('q') ?? '') !== settledDraft) change({ q: settledDraft });
    // The draft is written once it has settled; what else changes the address must not bring it back.
  }, [settledDraft, draft]);
  useEffect(() => {
    if (!places || query.unread.length === 0) return;
    const { terms, unread } = readAgain(query.unread, places, serverNow());
    if (terms.length > 0) change(writeSearch(applyTerms({ ...query, unread }, terms)));
    // Only when the names come in.
  }, [places]);
  /** With the words that are still being typed, as far as they are understood. */
  const effective = useMemo((): SearchQuery => {
    if (draft.trim() === '' || !places) return query;
    const terms = parseQuery(draft, places, serverNow()).flatMap((token) => token.terms);
    return applyTerms(
      query,
      terms.filter((term) => term.kind !== 'unknown'),
    );
    // The address stands for the question.
  }, [draft, places, search]);

  return {
    query,
    effective,
    draft,
    plate: search.get('trajectory') ?? undefined,
    isLikely: search.get('likely') === '1',
    opened: search.get('pass') ?? undefined,
    compared: idList(search.get('compare')),
    view: views.find((view) => view === search.get('view')),
    day: search.get('day') ?? undefined,
    change,
    setQuery: (next: SearchQuery, nextDraft: string = draft) => {
      sessionStorage.setItem(reasonKey, `${next.purpose.replaceAll('\n', ' ')}\n${next.caseId ?? ''}`);
      setDraft(nextDraft);
      const isOther = next.plate !== query.plate;
      change({
        ...writeSearch(next),
        q: nextDraft,
        ...(isOther ? { pass: undefined, trajectory: undefined, view: undefined } : {}),
      });
    },
  };
}

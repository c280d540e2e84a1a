import type { Case as DomainCase, CaseItem as DomainItem } from '#storage/cases/case.ts';
import type { Company } from '#storage/cases/company-search.ts';
import type { Case, CaseItem, CompanyReport } from './contract/cases.ts';
import { toSightingView } from './sighting-view.ts';
import { iso } from './time-range.ts';

export function toCaseView(found: DomainCase): Case {
  return {
    id: found.caseId,
    number: found.number,
    title: found.title,
    reason: found.reason,
    owner: found.owner,
    members: [...found.members],
    status: found.closedAtMs === undefined ? 'open' : 'closed',
    createdAt: iso(found.createdAtMs),
    expiresAt: iso(found.expiresAtMs),
    ...(found.closedAtMs === undefined ? {} : { closedAt: iso(found.closedAtMs) }),
    ...(found.closingNote === undefined ? {} : { closingNote: found.closingNote }),
    items: found.items,
    lastActivity: iso(found.lastActivityMs),
  };
}

export function toItemView({ itemId, addedBy, addedAtMs, note, sighting }: DomainItem): CaseItem {
  return {
    id: itemId,
    kind: sighting ? 'sighting' : 'note',
    addedBy,
    addedAt: iso(addedAtMs),
    ...(note === undefined ? {} : { note }),
    ...(sighting === undefined ? {} : { sighting: toSightingView(sighting) }),
  };
}

export function toCompanyView({ vehicles, isCut }: Company, tookMs: number): CompanyReport {
  return {
    vehicles: vehicles.map(({ plate, together, sightings, afterSeconds }) => ({
      plate,
      together,
      sightings: sightings.map(toSightingView),
      ...(afterSeconds === undefined ? {} : { afterSeconds: [...afterSeconds] }),
    })),
    isCut,
    tookMs: Math.round(tookMs),
  };
}

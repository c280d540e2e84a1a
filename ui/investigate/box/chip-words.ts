import { formatClock, formatDay, formatTime } from '../../shared/format.ts';
import type { Say } from '../../shared/i18n.ts';
import { serverNow } from '../../shared/server-clock.ts';
import type { Chip } from '../query/chips.ts';
import { rangeOf, type SearchQuery } from '../query/search-query.ts';
import { type MovingRange, type TimeRange, wholeDays } from '../query/time-range.ts';

/** `昨天`, `近 3 天`, `11-20`, `2026-11-20 18:00 – 11-21 06:00`: short, as the whole stands in the title. */
export function rangeLabel(say: Say, range: MovingRange | TimeRange): string {
  if (range === 'today' || range === 'yesterday') return say(`search.range.${range}`);
  if (typeof range === 'string') {
    const unit = range.slice(-1);
    const key = unit === 'm' ? 'search.range.minutes' : unit === 'h' ? 'search.range.hours' : 'search.range.days';
    return say(key, { count: range.slice(0, -1) });
  }
  const days = wholeDays(range);
  if (days?.days === 1) return formatDay(range.fromMs);
  if (days) return `${formatDay(range.fromMs)} – ${formatDay(range.toMs).slice(5)}`;
  const clock = (ms: number): string => formatClock(ms).replace(/:00$/, '');
  const isOneDay = formatDay(range.fromMs) === formatDay(range.toMs);
  const end = isOneDay ? clock(range.toMs) : `${formatDay(range.toMs).slice(5)} ${clock(range.toMs)}`;
  return `${formatDay(range.fromMs).slice(5)} ${clock(range.fromMs)} – ${end}`;
}

export function chipLabel(
  say: Say,
  chip: Chip,
  query: SearchQuery,
  nameOf: (cameraId: string) => string | undefined,
): string {
  switch (chip.kind) {
    case 'plate':
    case 'place':
    case 'unread':
      return chip.key;
    case 'fuzzy':
      return say('chip.fuzzy');
    case 'range':
      return query.range === undefined ? '' : rangeLabel(say, query.range);
    case 'hours':
      return query.hours ? `${query.hours.from}–${query.hours.to}` : '';
    case 'cameras': {
      const [only] = query.cameraIds;
      const name = query.cameraIds.length === 1 && only !== undefined ? nameOf(only) : undefined;
      return name ?? say('search.someCameras', { count: query.cameraIds.length });
    }
    case 'area':
      return say('chip.area');
    case 'paint':
      return query.vehicleColour ? say(`paint.${query.vehicleColour}`) : '';
    case 'type':
      return query.vehicleType ? say(`vehicle.${query.vehicleType}`) : '';
    case 'direction':
      return query.direction ? say(`travel.${query.direction}`) : '';
    case 'colour':
      return query.plateColour ? say(`colour.${query.plateColour}`) : '';
  }
}

/** What the chip means exactly. */
export function chipTitle(say: Say, chip: Chip, query: SearchQuery): string {
  if (chip.hint) return say(`hint.${chip.hint}`, { text: chip.key });
  if (chip.kind === 'range') {
    const range = rangeOf(query, serverNow());
    return `${formatTime(range.fromMs)} – ${formatTime(range.toMs)}`;
  }
  if (chip.kind === 'place' && chip.count !== undefined) return say('search.someCameras', { count: chip.count });
  if (chip.kind === 'plate') return say('chip.plateAbout');
  return say(`chip.kind.${chip.kind}`);
}

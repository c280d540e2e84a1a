import type { FeedEvent } from '#api/contract/events.ts';

/** What concerns one camera and is of one kind, however often it came. */
export interface WallAlert {
  /** Camera and kind. */
  readonly key: string;
  readonly cameraId: string;
  readonly kind: FeedEvent['kind'];
  /** The newest of them. */
  readonly event: FeedEvent;
  readonly count: number;
  readonly eventIds: readonly string[];
  readonly firstMs: number;
}

export interface ShownAlert {
  readonly alert: WallAlert;
  readonly tile: number;
}

/** Alerts before an operator: some stand out on the wall, the rest waits in its order. */
export interface AlertBoard {
  readonly shown: readonly ShownAlert[];
  readonly waiting: readonly WallAlert[];
}

export const noAlerts: AlertBoard = { shown: [], waiting: [] };

/** More at a time could not be taken in. */
export const mostShown = 3;
const mostWaiting = 300;
const mostIds = 200;
/** What was left unseen for so long is no alert any more. */
const keptMs = 12 * 3_600_000;

/** How the wall stands, for the question which tile an alert may take. */
export interface WallSituation {
  readonly tiles: readonly (string | undefined)[];
  readonly selected: number;
  /** Steered, or looked back: their picture must not change under a hand. */
  readonly busy: ReadonlySet<number>;
}

/** Whether an operator must see it now; the rest is for the feed. */
export function isAlert(event: FeedEvent): boolean {
  switch (event.kind) {
    case 'kitchen.violation':
      return event.phase !== 'closed' && event.cameraId !== '';
    case 'watchlist.hit':
      return event.verdict !== 'false';
    case 'zone.dwell':
      return true;
    default:
      return false;
  }
}

const keyOf = (event: { readonly cameraId: string; readonly kind: string }): string =>
  `${event.cameraId} ${event.kind}`;

function grouped(alert: WallAlert, event: FeedEvent): WallAlert {
  const isNewer = event.time >= alert.event.time;
  return {
    ...alert,
    event: isNewer ? event : alert.event,
    count: alert.count + 1,
    eventIds: [...alert.eventIds, event.eventId].slice(-mostIds),
  };
}

/** A new event joins its group, or waits as a new one. */
export function withEvent(board: AlertBoard, event: FeedEvent): AlertBoard {
  const key = keyOf(event);
  const isKnown = (alert: WallAlert): boolean => alert.key === key && alert.eventIds.includes(event.eventId);
  if (board.shown.some(({ alert }) => isKnown(alert)) || board.waiting.some(isKnown)) return board;
  if (board.shown.some(({ alert }) => alert.key === key)) {
    const shown = board.shown.map((one) =>
      one.alert.key === key ? { ...one, alert: grouped(one.alert, event) } : one,
    );
    return { ...board, shown };
  }
  if (board.waiting.some((alert) => alert.key === key)) {
    return { ...board, waiting: board.waiting.map((alert) => (alert.key === key ? grouped(alert, event) : alert)) };
  }
  const { cameraId, kind, eventId, time } = event;
  const alert = { key, cameraId, kind, event, count: 1, eventIds: [eventId], firstMs: Date.parse(time) };
  return { ...board, waiting: [...board.waiting, alert].slice(-mostWaiting) };
}

/** Seen: it leaves the wall, here or wherever it was acknowledged. */
export function without(board: AlertBoard, key: string): AlertBoard {
  if (!board.shown.some(({ alert }) => alert.key === key) && !board.waiting.some((alert) => alert.key === key))
    return board;
  return {
    shown: board.shown.filter(({ alert }) => alert.key !== key),
    waiting: board.waiting.filter((alert) => alert.key !== key),
  };
}

/** As {@link without}, for what another person acknowledged: only as far as they had seen it. */
export function withoutEvents(
  board: AlertBoard,
  seen: { readonly cameraId: string; readonly kind: string },
  ids: readonly string[],
): AlertBoard {
  const key = keyOf(seen);
  const alert = [...board.shown.map((one) => one.alert), ...board.waiting].find((one) => one.key === key);
  return alert && ids.includes(alert.event.eventId) ? without(board, key) : board;
}

/**
 * The tile where an alert comes forward: its camera's own, else an empty one, else the last that nobody works with. A tile that is
 * steered or looked back is never taken, nor the selected one for another camera's sake.
 * @returns undefined: it must wait
 */
function tileFor(alert: WallAlert, shown: readonly ShownAlert[], wall: WallSituation): number | undefined {
  const taken = new Set(shown.map(({ tile }) => tile));
  const own = wall.tiles.indexOf(alert.cameraId);
  if (own >= 0) return taken.has(own) || wall.busy.has(own) ? undefined : own;
  const isFree = (index: number): boolean => !taken.has(index) && !wall.busy.has(index);
  const empty = wall.tiles.findIndex((id, index) => id === undefined && isFree(index));
  if (empty >= 0) return empty;
  const last = wall.tiles.findLastIndex((_, index) => isFree(index) && index !== wall.selected);
  return last >= 0 ? last : undefined;
}

/** Brings waiting alerts forward, the oldest first, as long as there is room; takes back those whose tile is gone or busy. */
export function settle(board: AlertBoard, wall: WallSituation, nowMs: number): AlertBoard {
  const isFresh = (alert: WallAlert): boolean => nowMs - Date.parse(alert.event.time) < keptMs;
  const keeps = ({ alert, tile }: ShownAlert): boolean => {
    const own = wall.tiles.indexOf(alert.cameraId);
    return tile < wall.tiles.length && !wall.busy.has(tile) && (own < 0 || own === tile) && isFresh(alert);
  };
  const shown = board.shown.filter(keeps);
  const back = board.shown.filter((one) => !keeps(one)).map(({ alert }) => alert);
  const waiting = [...back, ...board.waiting].filter(isFresh);
  const left: WallAlert[] = [];
  for (const alert of waiting) {
    const tile = shown.length < mostShown ? tileFor(alert, shown, wall) : undefined;
    if (tile === undefined) left.push(alert);
    else shown.push({ alert, tile });
  }
  const isSame =
    shown.length === board.shown.length &&
    shown.every((one, index) => one === board.shown[index]) &&
    left.length === board.waiting.length;
  return isSame ? board : { shown, waiting: left };
}

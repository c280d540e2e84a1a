import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ApiProblem, sendJson } from '../shared/api-client.ts';
import { liveEvents } from '../shared/live-events.ts';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { useProblemToast } from '../shared/toast.tsx';
import { useNow } from '../shared/use-now.ts';
import {
  type AlertBoard,
  isAlert,
  noAlerts,
  settle,
  type WallAlert,
  type WallSituation,
  withEvent,
  without,
  withoutEvents,
} from './alert-board.ts';
import { beep } from './beep.ts';

/** Alerts that left the board by age or by a change of the wall are looked for so often. */
const settleMs = 5_000;

interface Alerts {
  readonly board: AlertBoard;
  readonly isMuted: boolean;
  /** The browser plays nothing before the page was touched. */
  readonly isSilent: boolean;
  toggleMute: () => void;
  acknowledge: (alert: WallAlert) => void;
}

function readBoard(name: string): AlertBoard {
  try {
    const kept: unknown = JSON.parse(readSetting(name) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('shown' in kept) || !('waiting' in kept)) return noAlerts;
    if (!Array.isArray(kept.shown) || !Array.isArray(kept.waiting)) return noAlerts;
    const all = [...kept.shown.map((one: { alert?: unknown }) => one.alert), ...kept.waiting];
    const isWhole = (alert: unknown): alert is WallAlert =>
      typeof alert === 'object' && alert !== null && 'key' in alert && 'event' in alert && 'eventIds' in alert;
    return { shown: [], waiting: all.filter(isWhole) };
  } catch {
    return noAlerts;
  }
}

/**
 * Alerts of this window's wall: which stand out, which wait. They outlive a reload, and leave every window once somebody has seen them.
 * @param options.isMine whether an alert of this camera belongs to this window
 */
export function useAlerts(options: {
  readonly screen: number;
  readonly wall: WallSituation;
  readonly isLoaded: boolean;
  isMine: (cameraId: string) => boolean;
}): Alerts {
  const { screen, wall, isLoaded } = options;
  const name = `alerts.${screen}`;
  const [board, setBoard] = useState<AlertBoard>(() => readBoard(name));
  const [isMuted, setMuted] = useState(readSetting('alertSound') === 'off');
  const [isSilent, setSilent] = useState(false);
  const showProblem = useProblemToast();
  const mine = useRef(options.isMine);
  mine.current = options.isMine;

  useEffect(() => {
    const stopEvents = liveEvents.subscribe('event', (event) => {
      if (isAlert(event) && mine.current(event.cameraId)) setBoard((before) => withEvent(before, event));
      // What a person called false is none any more.
      if (event.kind === 'watchlist.hit' && event.verdict === 'false')
        setBoard((before) => withoutEvents(before, event, [event.eventId]));
    });
    const stopSeen = liveEvents.subscribe('acknowledged', ({ cameraId, kind, eventIds }) =>
      setBoard((before) => withoutEvents(before, { cameraId, kind }, eventIds)),
    );
    return () => {
      stopEvents();
      stopSeen();
    };
  }, []);

  const nowMs = useNow(settleMs);
  const settled = useMemo(
    // The first list of cameras decides what is on the wall; until then nothing may take a tile.
    () => (isLoaded ? settle(board, wall, nowMs) : { shown: [], waiting: board.waiting }),
    [board, wall, isLoaded, nowMs],
  );
  useEffect(() => {
    if (isLoaded && settled !== board) setBoard(settled);
  }, [settled, board, isLoaded]);
  useEffect(() => writeSetting(name, JSON.stringify(settled)), [name, settled]);

  const known = useRef<ReadonlySet<string>>(new Set(board.waiting.map(({ key }) => key)));
  useEffect(() => {
    const keys = new Set([...settled.shown.map(({ alert }) => alert.key), ...settled.waiting.map(({ key }) => key)]);
    const isNew = [...keys].some((key) => !known.current.has(key));
    known.current = keys;
    if (isNew && !isMuted) setSilent(!beep());
  }, [settled, isMuted]);

  const acknowledge = useCallback(
    (alert: WallAlert) => {
      setBoard((before) => without(before, alert.key));
      const { cameraId, kind, eventIds } = alert;
      sendJson('POST', '/api/wall/acknowledgements', { cameraId, kind, eventIds }).catch((error: unknown) => {
        // Not written down is not seen: it comes back.
        setBoard((before) => withEvent(before, alert.event));
        showProblem(error instanceof ApiProblem ? error : undefined);
      });
    },
    [showProblem],
  );
  return {
    board: settled,
    isMuted,
    isSilent: isSilent && !isMuted,
    toggleMute: () => {
      writeSetting('alertSound', isMuted ? 'on' : 'off');
      setMuted(!isMuted);
      setSilent(false);
    },
    acknowledge,
  };
}

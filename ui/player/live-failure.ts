import type { LiveWay } from './live-source.ts';

/** The server is away or was started again: both ways fail alike. */
const serverAway: ReadonlySet<string> = new Set([
  'UI_LIVE_SOCKET_CLOSED',
  'UI_LIVE_SOCKET_REFUSED',
  'UI_LIVE_NO_ANSWER',
  'UI_LIVE_SERVER_RESTARTING',
]);
/** What the other way would not change. */
const sameOnBothWays: ReadonlySet<string> = new Set([
  'LIVE_TRANSCODING_BUSY',
  'LIVE_TRANSCODING_FAILED',
  'NOT_SIGNED_IN',
  'NOT_ALLOWED',
]);
const soonMs = 250;
const slowestMs = 5_000;
/** The relay is started again within a moment; what cannot be relayed at all is asked for seldom. */
const relayBackMs = 3_000;
const notRelayedMs = 60_000;

export interface NextTry {
  /** `webrtc`: if it is worth trying by then. */
  readonly way: LiveWay;
  readonly waitMs: number;
  /** How long WebRTC is not tried by this tile, beside what the page knows of it. */
  readonly keepFromWebrtcMs: number;
}

/**
 * What follows when a source ended.
 *
 * @param failures tries in a row that gave no picture, this one included
 */
export function nextTry(failed: {
  readonly way: LiveWay;
  readonly code: string;
  readonly failures: number;
  readonly isMediaBlocked: boolean;
}): NextTry {
  const { way, code, failures, isMediaBlocked } = failed;
  const backoffMs = failures === 0 ? soonMs : Math.min(slowestMs, soonMs * 2 ** failures);
  // It may be this way alone that fails: another codec, say. The other one is taken as soon as it is good for something.
  if (way === 'fmp4') return { way: 'webrtc', waitMs: backoffMs, keepFromWebrtcMs: 0 };
  if (isMediaBlocked) return { way: 'fmp4', waitMs: 0, keepFromWebrtcMs: 0 };
  if (serverAway.has(code) || sameOnBothWays.has(code) || code === 'UI_LIVE_NO_PICTURE')
    return { way: 'webrtc', waitMs: backoffMs, keepFromWebrtcMs: 0 };
  const keepFromWebrtcMs = code === 'LIVE_CODEC_NOT_RELAYED' ? notRelayedMs : relayBackMs;
  return { way: 'fmp4', waitMs: 0, keepFromWebrtcMs };
}

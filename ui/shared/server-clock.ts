/** Answers slower than this say too little about when the server wrote its time. */
const slowestAnswerMs = 2_000;
let offsetMs = 0;
let bestRoundTripMs = Infinity;

/**
 * Learns how far the server's clock is from this one; the quickest answer so far is the most exact.
 * The bound widens by 1 ms per sample so that a clock that was set anew is believed in the end.
 */
export function noteServerTime(serverMs: number, sentMs: number, receivedMs: number): void {
  const roundTripMs = receivedMs - sentMs;
  if (roundTripMs < 0 || roundTripMs > slowestAnswerMs || Number.isNaN(serverMs)) return;
  bestRoundTripMs += 1;
  if (roundTripMs > bestRoundTripMs) return;
  bestRoundTripMs = roundTripMs;
  offsetMs = serverMs - (sentMs + receivedMs) / 2;
}

/** The server's wall time now, epoch ms: what latencies and 'since' are counted against. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

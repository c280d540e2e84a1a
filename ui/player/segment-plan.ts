/** A recorded piece on the wall clock, epoch ms. */
export interface Piece {
  readonly segmentId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBytes: number;
  readonly codec: string;
  readonly url: string;
}

/** Pieces closer than this are one recording: a segment's last frame ends a little before the next begins. */
export const seamMs = 1_500;
const behindMs = 60_000;

/** The piece that is loaded under this key; a running segment grows, and then is another. */
export const pieceKey = (piece: Piece): string => `${piece.segmentId}:${piece.sizeBytes}`;

export function pieceAt(pieces: readonly Piece[], timeMs: number): Piece | undefined {
  return pieces.find((piece) => piece.startMs <= timeMs && timeMs < piece.endMs);
}

export function pieceAfter(pieces: readonly Piece[], timeMs: number): Piece | undefined {
  return pieces.find((piece) => piece.startMs > timeMs);
}

/**
 * Where playing at this time really begins: there, or at the next picture behind a gap, or, with nothing behind it,
 * at the last 5 s before it.
 */
export function landingMs(pieces: readonly Piece[], timeMs: number): number | undefined {
  if (pieceAt(pieces, timeMs)) return timeMs;
  const next = pieceAfter(pieces, timeMs);
  if (next) return next.startMs;
  const last = pieces.at(-1);
  return last && Math.max(last.startMs, last.endMs - 5_000);
}

/** The next piece to fetch so that `aheadMs` from the time on are there; undefined: enough is loaded. */
export function pieceToLoad(
  pieces: readonly Piece[],
  loaded: ReadonlySet<string>,
  timeMs: number,
  aheadMs: number,
): Piece | undefined {
  return pieces.find(
    (piece) => piece.endMs > timeMs && piece.startMs < timeMs + aheadMs && !loaded.has(pieceKey(piece)),
  );
}

/** Pieces so far from the time that their memory is better used. */
export function piecesToForget(
  pieces: readonly Piece[],
  loaded: ReadonlySet<string>,
  timeMs: number,
  aheadMs: number,
): Piece[] {
  return pieces.filter(
    (piece) => loaded.has(pieceKey(piece)) && (piece.endMs < timeMs - behindMs || piece.startMs > timeMs + 4 * aheadMs),
  );
}

/** Behind by more than this, playback runs a little faster; nobody sees 10 %. */
const hurryBehindSeconds = 0.6;
/** Behind by more than this, it jumps: a wall is never a second behind. */
const jumpBehindSeconds = 0.9;
/** Where a jump lands, behind the newest picture, so that the next one is there before it is due. */
const landBehindSeconds = 0.25;
/** Below this it stops hurrying; the gap to the threshold above keeps it from switching to and fro. */
const calmBehindSeconds = 0.4;

export interface BufferState {
  readonly currentSeconds: number;
  readonly bufferedStartSeconds: number;
  readonly bufferedEndSeconds: number;
  readonly rate: number;
}

export interface CatchUp {
  readonly rate: number;
  readonly seekToSeconds?: number;
}

/** What a live MSE player does to stay at the newest picture. All times in seconds of media time. */
export function decideCatchUp(state: BufferState): CatchUp {
  const behind = state.bufferedEndSeconds - state.currentSeconds;
  const landAt = Math.max(state.bufferedStartSeconds, state.bufferedEndSeconds - landBehindSeconds);
  // Before the buffer (just started, or trimmed away under a sleeping tab) or beyond it: nothing would ever be shown there.
  if (state.currentSeconds < state.bufferedStartSeconds || behind < -0.5) return { rate: 1, seekToSeconds: landAt };
  if (behind > jumpBehindSeconds) return { rate: 1, seekToSeconds: landAt };
  if (behind > hurryBehindSeconds) return { rate: 1.1 };
  if (behind > calmBehindSeconds && state.rate > 1) return { rate: 1.1 };
  return { rate: 1 };
}

/** Until where the buffer may be forgotten; undefined while it is short enough. */
export function trimUntil(state: BufferState): number | undefined {
  const keepSeconds = 8;
  const until = state.currentSeconds - keepSeconds;
  return until - state.bufferedStartSeconds > keepSeconds ? until : undefined;
}

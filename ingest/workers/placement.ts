/** What a camera costs its thread: CPU ms a second, `a + b · Mbit/s`; see docs/decisions/0014-ingest-threads.md. */
const COST_PER_STREAM = 0.3;
const COST_PER_MBIT = 0.25;
/** Until it was measured. */
const UNKNOWN_KBPS = 2000;

/** Threads apart by more than this share of their mean are worth an interruption. */
const WORTH_MOVING = 0.25;

export interface PlacedCamera {
  readonly cameraId: string;
  readonly slot: number;
  readonly cost: number;
}

/** @param kbps of each stream; undefined while it was never live */
export function costOf(kbps: readonly (number | undefined)[]): number {
  return kbps.reduce<number>((sum, rate) => sum + COST_PER_STREAM + (COST_PER_MBIT * (rate ?? UNKNOWN_KBPS)) / 1000, 0);
}

/** The slot with the least to do; among equals the first. */
export function leastLoaded(slots: readonly number[], placed: readonly PlacedCamera[]): number | undefined {
  const loads = loadsOf(slots, placed);
  return [...slots].sort((a, b) => (loads.get(a) ?? 0) - (loads.get(b) ?? 0))[0];
}

/**
 * The one move that evens the load best, since each interrupts a recording for a moment; undefined when the threads are
 * even enough, or no camera fits.
 */
export function pickMove(
  slots: readonly number[],
  placed: readonly PlacedCamera[],
): { readonly cameraId: string; readonly to: number } | undefined {
  const loads = [...loadsOf(slots, placed)].sort(([, a], [, b]) => a - b);
  const least = loads[0];
  const most = loads.at(-1);
  if (!least || !most) return undefined;
  const mean = loads.reduce((sum, [, load]) => sum + load, 0) / loads.length;
  const apart = most[1] - least[1];
  if (apart <= mean * WORTH_MOVING) return undefined;
  // Half of the difference evens both; more than all of it would only turn them round.
  const [best] = placed
    .filter(({ slot, cost }) => slot === most[0] && cost < apart)
    .sort((a, b) => Math.abs(a.cost - apart / 2) - Math.abs(b.cost - apart / 2));
  return best && { cameraId: best.cameraId, to: least[0] };
}

function loadsOf(slots: readonly number[], placed: readonly PlacedCamera[]): Map<number, number> {
  const loads = new Map(slots.map((slot) => [slot, 0]));
  for (const { slot, cost } of placed) {
    const load = loads.get(slot);
    if (load !== undefined) loads.set(slot, load + cost);
  }
  return loads;
}

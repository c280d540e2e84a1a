import type { Clock } from '#infra/runtime/clock.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { ingestErrors } from '../errors.ts';
import type { PtzStatus } from './ptz.ts';

const LOOK_MS = 300;
const AT_REST_WITHIN_MS = 12_000;
/** For a device that does not tell where it looks: longer than any takes from end to end, nearly. */
const BLIND_MS = 6000;
const SAME = 0.001;

/**
 * Waits until a device that was told to go somewhere has come to rest.
 * @throws {AppError} `ONVIF_TIMEOUT`, and what `look` throws
 */
export async function whenAtRest(look: () => Promise<PtzStatus>, clock: Clock): Promise<void> {
  const untilMs = clock.monotonicMs() + AT_REST_WITHIN_MS;
  let before = await look();
  if (isUnknown(before)) return await sleep(BLIND_MS, clock);
  while (clock.monotonicMs() < untilMs) {
    await sleep(LOOK_MS, clock);
    const now = await look();
    if (!now.isMoving && isSamePlace(before, now)) return;
    before = now;
  }
  throw ingestErrors.ONVIF_TIMEOUT({ detail: 'still moving' });
}

function isUnknown({ position: { pan, tilt, zoom } }: PtzStatus): boolean {
  return pan === undefined && tilt === undefined && zoom === undefined;
}

function isSamePlace({ position: a }: PtzStatus, { position: b }: PtzStatus): boolean {
  return (['pan', 'tilt', 'zoom'] as const).every((axis) => Math.abs((a[axis] ?? 0) - (b[axis] ?? 0)) < SAME);
}

import type { CameraRule } from '#ingest/cameras/camera.ts';
import { footOf } from '../tracking/box.ts';
import type { Track } from '../tracking/track.ts';
import { isInZone } from './zone.ts';

export type DwellZoneRule = Extract<CameraRule, { kind: 'dwell' }>;

/** Being out of the zone for less than this is trembling of the box, not leaving. */
const LEFT_AFTER_MS = 1500;

interface Stay {
  readonly enteredMs: number;
  lastInsideMs: number;
  isRaised: boolean;
}

/** Tells when a vehicle has been in a zone for too long; once per stay. */
export class DwellRule {
  readonly rule: DwellZoneRule;
  readonly #stays = new Map<string, Stay>();

  constructor(rule: DwellZoneRule) {
    this.rule = rule;
  }

  /** @returns when the stay began, once it has lasted for the rule's time */
  update(track: Track): { readonly enteredMs: number } | undefined {
    const nowMs = track.lastMs;
    const stay = this.#stays.get(track.id);
    if (!isInZone(footOf(track.box), this.rule.zone)) {
      if (stay && nowMs - stay.lastInsideMs >= LEFT_AFTER_MS) this.#stays.delete(track.id);
      return undefined;
    }
    if (!stay) {
      this.#stays.set(track.id, { enteredMs: nowMs, lastInsideMs: nowMs, isRaised: false });
      return undefined;
    }
    stay.lastInsideMs = nowMs;
    if (stay.isRaised || nowMs - stay.enteredMs < this.rule.dwellMs) return undefined;
    stay.isRaised = true;
    return { enteredMs: stay.enteredMs };
  }

  forget(trackId: string): void {
    this.#stays.delete(trackId);
  }
}

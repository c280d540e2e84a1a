import type { CameraRule } from '#ingest/cameras/camera.ts';
import type { CameraId } from '#ingest/media.ts';
import type { KitchenViolation, VehicleCrossing, VehicleSighting, ZoneDwell } from '../analysis-event.ts';
import type { HygieneObservation, ObjectLabel } from '../detection.ts';
import type { Track } from '../tracking/track.ts';
import { hygieneItem } from '../packs/kitchen/hygiene-catalogue.ts';
import { CrossingRule } from './crossing-rule.ts';
import { DwellRule } from './dwell-rule.ts';
import { HygieneBook, type OpenViolation } from './hygiene-book.ts';

export type RuleEvent = VehicleCrossing | ZoneDwell | KitchenViolation;

export interface RuleEngineDeps {
  readonly cameraId: CameraId;
  readonly rules: readonly CameraRule[];
  /** Makes the id of an event of a picture taken at `timeMs`. */
  readonly nextEventId: (timeMs: number) => string;
  /** The key under which the picture of an event will be stored. */
  readonly pictureKey: (eventId: string, timeMs: number) => string;
}

const USUAL_CLIP = { clipBeforeMs: 10_000, clipAfterMs: 10_000 };
/** A track counts from this many pictures on: a box that flashes up once crosses no line. */
const MIN_HITS = 2;

/** Track updates and hygiene observations in, events out, each raised once. One per camera. */
export class RuleEngine {
  readonly #deps: RuleEngineDeps;
  readonly #crossings: readonly CrossingRule[];
  readonly #dwells: readonly DwellRule[];
  readonly #hygiene: HygieneBook;

  constructor(deps: RuleEngineDeps) {
    this.#deps = deps;
    this.#crossings = deps.rules.filter((rule) => rule.kind === 'line').map((rule) => new CrossingRule(rule));
    this.#dwells = deps.rules.filter((rule) => rule.kind === 'dwell').map((rule) => new DwellRule(rule));
    this.#hygiene = new HygieneBook(
      deps.rules.filter((rule) => rule.kind === 'hygiene'),
      deps.nextEventId,
    );
  }

  /** Violations that go on now; for {@link resumeViolations} of the engine that comes next. */
  get openViolations(): readonly OpenViolation[] {
    return this.#hygiene.open;
  }

  /** Goes on with violations that were opened before this engine was made, so that none is raised again. */
  resumeViolations(violations: readonly OpenViolation[]): void {
    this.#hygiene.resume(violations);
  }

  /** Whether the rule has a violation that goes on, by itself or by another rule of the same item and zone. */
  isOpen(ruleId: string): boolean {
    return this.#hygiene.isOpen(ruleId);
  }

  /** @param seen the vehicles' tracks that were detected in the picture of `timeMs` */
  updateTracks(seen: readonly Track[], timeMs: number): RuleEvent[] {
    const events: RuleEvent[] = [];
    for (const track of seen) {
      const vehicleType = vehicleTypeOf(track.label);
      if (!vehicleType || track.hits < MIN_HITS) continue;
      for (const crossing of this.#crossings) {
        const direction = crossing.update(track);
        if (!direction) continue;
        const base = this.#base(timeMs);
        events.push({
          ...base,
          kind: 'vehicle.crossing',
          trackId: track.id,
          ruleId: crossing.rule.id,
          vehicleType,
          direction,
        });
      }
      for (const dwell of this.#dwells) {
        const stay = dwell.update(track);
        if (!stay) continue;
        const base = this.#base(timeMs);
        events.push({
          ...base,
          kind: 'zone.dwell',
          trackId: track.id,
          ruleId: dwell.rule.id,
          vehicleType,
          enteredMs: stay.enteredMs,
          pictureKey: this.#deps.pictureKey(base.eventId, timeMs),
        });
      }
    }
    return events;
  }

  updateHygiene(observations: readonly HygieneObservation[], timeMs: number): KitchenViolation[] {
    return this.#hygiene.update(observations, timeMs).map((change) => {
      const base = this.#base(timeMs);
      const { clipBeforeMs, clipAfterMs } = hygieneItem(change.item)?.evidence ?? USUAL_CLIP;
      return {
        ...base,
        kind: 'kitchen.violation',
        ...change,
        pictureKey: this.#deps.pictureKey(base.eventId, timeMs),
        pictureTimeMs: timeMs,
        clipFromMs: timeMs - clipBeforeMs,
        clipToMs: timeMs + clipAfterMs,
      };
    });
  }

  /** To be called for each track that has ended. */
  forget(trackId: string): void {
    for (const crossing of this.#crossings) crossing.forget(trackId);
    for (const dwell of this.#dwells) dwell.forget(trackId);
  }

  #base(timeMs: number): { eventId: string; schemaVersion: 1; timeMs: number; cameraId: string } {
    return { eventId: this.#deps.nextEventId(timeMs), schemaVersion: 1, timeMs, cameraId: this.#deps.cameraId };
  }
}

export function vehicleTypeOf(label: ObjectLabel): VehicleSighting['vehicleType'] | undefined {
  return label === 'person' || label === 'bicycle' ? undefined : label;
}

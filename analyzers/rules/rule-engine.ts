import type { CameraRule } from '#ingest/cameras/camera.ts';
import type { CameraId } from '#ingest/media.ts';
import type { KitchenViolation, VehicleCrossing, VehicleSighting, ZoneDwell } from '../analysis-event.ts';
import type { HygieneObservation, ObjectLabel } from '../detection.ts';
import type { Track } from '../tracking/track.ts';
import { CrossingRule } from './crossing-rule.ts';
import { DwellRule } from './dwell-rule.ts';
import { HygieneJudgement } from './hygiene-judgement.ts';

export type RuleEvent = VehicleCrossing | ZoneDwell | KitchenViolation;

export interface RuleEngineDeps {
  readonly cameraId: CameraId;
  readonly rules: readonly CameraRule[];
  /** Makes the id of an event of a picture taken at `timeMs`. */
  readonly nextEventId: (timeMs: number) => string;
  /** The key under which the picture of an event will be stored. */
  readonly pictureKey: (eventId: string, timeMs: number) => string;
}

interface OpenViolation {
  readonly violationId: string;
  readonly judgement: HygieneJudgement;
}

/** A track counts from this many pictures on: a box that flashes up once crosses no line. */
const MIN_HITS = 2;

/** Track updates and hygiene observations in, events out, each raised once. One per camera. */
export class RuleEngine {
  readonly #deps: RuleEngineDeps;
  readonly #crossings: readonly CrossingRule[];
  readonly #dwells: readonly DwellRule[];
  readonly #hygiene = new Map<string, OpenViolation>();

  constructor(deps: RuleEngineDeps) {
    this.#deps = deps;
    this.#crossings = deps.rules.filter((rule) => rule.kind === 'line').map((rule) => new CrossingRule(rule));
    this.#dwells = deps.rules.filter((rule) => rule.kind === 'dwell').map((rule) => new DwellRule(rule));
    for (const rule of deps.rules) {
      if (rule.kind !== 'hygiene') continue;
      const judgement = new HygieneJudgement({ graceMs: rule.graceMs });
      this.#hygiene.set(rule.id, { violationId: '', judgement });
    }
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

  updateHygiene(observations: readonly HygieneObservation[], timeMs: number): RuleEvent[] {
    const events: RuleEvent[] = [];
    for (const observation of observations) {
      const ruleId = observation.ruleId;
      const state = ruleId === undefined ? undefined : this.#hygiene.get(ruleId);
      if (ruleId === undefined || !state) continue;
      const verdict = state.judgement.update(observation, timeMs);
      if (!verdict) continue;
      const base = this.#base(timeMs);
      const violationId = verdict.phase === 'opened' ? this.#deps.nextEventId(verdict.sinceMs) : state.violationId;
      this.#hygiene.set(ruleId, { ...state, violationId });
      events.push({
        ...base,
        kind: 'kitchen.violation',
        violationId,
        phase: verdict.phase,
        item: observation.item,
        ruleId,
        score: verdict.score,
        box: observation.box,
        sinceMs: verdict.sinceMs,
        pictureKey: this.#deps.pictureKey(base.eventId, timeMs),
      });
    }
    return events;
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

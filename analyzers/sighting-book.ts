import type { PlateEvidence, VehicleSighting } from './analysis-event.ts';
import type { VehicleAttributes } from './attributes/vehicle-attributes.ts';
import type { Box } from './detection.ts';
import { evidenceKey } from './evidence/evidence-picture.ts';
import { PassEvidence, type PassPicture } from './evidence/pass-evidence.ts';
import { vehicleTypeOf } from './rules/rule-engine.ts';
import { overlapOf } from './tracking/box.ts';
import type { Track } from './tracking/track.ts';
import { isVehicle, isVehiclePass, PASS_CRITERIA } from './tracking/vehicle-pass.ts';

/** A vehicle that stays gets its sighting after this time, with what is known by then. */
const STANDING_SIGHTING_MS = 20_000;
/** The same plate again within this time is the same pass: its track was broken. */
const SAME_PASS_MS = 10_000;
/** A vehicle found standing where one stood before is the same for this long. */
const SAME_PARKING_MS = 600_000;
const MAX_REMEMBERED = 200;

export interface SightingDraft {
  readonly sighting: VehicleSighting;
  readonly pictures: Pick<PassPicture, 'picture' | 'plateCrop'>;
}

/** A track and what is known of it by now. */
export interface PassedVehicle {
  readonly track: Track;
  readonly plate: PlateEvidence | undefined;
  readonly attributes: VehicleAttributes;
}

interface Remembered {
  readonly plate: string | undefined;
  readonly box: Box;
  readonly isStanding: boolean;
  lastMs: number;
}

/** Decides for one camera which tracks are vehicle passes, and makes one sighting of each. */
export class SightingBook {
  readonly #cameraId: string;
  readonly #nextEventId: (timeMs: number) => string;
  readonly #evidence = new Map<string, PassEvidence>();
  readonly #sighted = new Map<string, Remembered>();
  readonly #remembered: Remembered[] = [];

  constructor({
    cameraId,
    nextEventId,
  }: {
    readonly cameraId: string;
    readonly nextEventId: (timeMs: number) => string;
  }) {
    this.#cameraId = cameraId;
    this.#nextEventId = nextEventId;
  }

  /** Where the track's pictures are to be offered; undefined while it is too small, and once it has its sighting. */
  evidenceFor(track: Track): PassEvidence | undefined {
    if (this.#sighted.has(track.id) || !isVehicle(track) || track.maxWidth < PASS_CRITERIA.minWidth) return undefined;
    const evidence = this.#evidence.get(track.id) ?? new PassEvidence();
    this.#evidence.set(track.id, evidence);
    return evidence;
  }

  /** True when a vehicle has been there for so long that its sighting should not wait for its end. */
  isDue(track: Track, timeMs: number): boolean {
    return !this.#sighted.has(track.id) && timeMs - track.firstMs >= STANDING_SIGHTING_MS;
  }

  /** @returns the sighting of a track that is a pass and has none yet */
  sight({ track, plate, attributes }: PassedVehicle, intervalMs: number): SightingDraft | undefined {
    const best = this.#evidence.get(track.id)?.best;
    const vehicleType = vehicleTypeOf(track.label);
    if (this.#sighted.has(track.id) || !best || !vehicleType || !isVehiclePass(track, intervalMs, plate))
      return undefined;
    const isStanding = track.travel < PASS_CRITERIA.minTravel;
    // A plate without text, of an official vehicle, is not known to be the same as another one.
    const text = plate?.text === '' ? undefined : plate?.text;
    const note: Remembered = { plate: text, box: track.box, isStanding, lastMs: track.lastMs };
    const known = this.#recall(note, track.firstMs);
    this.#sighted.set(track.id, note);
    this.#evidence.delete(track.id);
    if (known) {
      known.lastMs = Math.max(known.lastMs, track.lastMs);
      best.picture.drop();
      return undefined;
    }
    this.#remembered.push(note);
    if (this.#remembered.length > MAX_REMEMBERED) this.#remembered.shift();

    const eventId = this.#nextEventId(best.timeMs);
    const plateCropKey = best.plateCrop && plate ? evidenceKey(eventId, best.timeMs, 'plate') : undefined;
    return {
      sighting: {
        eventId,
        schemaVersion: 1,
        timeMs: best.timeMs,
        cameraId: this.#cameraId,
        kind: 'vehicle.sighting',
        trackId: track.id,
        firstSeenMs: track.firstMs,
        lastSeenMs: track.lastMs,
        vehicleType,
        ...attributeFields(attributes),
        score: track.bestScore,
        box: best.detection.box,
        ...(plate ? { plate } : {}),
        pictureKey: evidenceKey(eventId, best.timeMs, 'picture'),
        ...(plateCropKey === undefined ? {} : { plateCropKey }),
      },
      pictures: best,
    };
  }

  /** To be called for each track that has ended. */
  forget(track: Track): void {
    const note = this.#sighted.get(track.id);
    if (note) note.lastMs = Math.max(note.lastMs, track.lastMs);
    this.#sighted.delete(track.id);
    this.#evidence.get(track.id)?.drop();
    this.#evidence.delete(track.id);
  }

  #recall(note: Remembered, firstMs: number): Remembered | undefined {
    return this.#remembered.find((before) => {
      const sinceMs = firstMs - before.lastMs;
      if (note.plate !== undefined && note.plate === before.plate) return sinceMs < SAME_PASS_MS;
      const differ = note.plate !== undefined && before.plate !== undefined;
      return (
        !differ &&
        note.isStanding &&
        before.isStanding &&
        sinceMs < SAME_PARKING_MS &&
        overlapOf(note.box, before.box) > 0.5
      );
    });
  }
}

function attributeFields({
  vehicleColour,
  direction,
  speed,
  lengthMetres,
}: VehicleAttributes): Partial<VehicleSighting> {
  return {
    ...(vehicleColour ? { vehicleColour } : {}),
    ...(direction ? { direction } : {}),
    ...(speed ? { speedKmh: Number(speed.kmh.toFixed(1)) } : {}),
    ...(lengthMetres === undefined ? {} : { lengthMetres: Number(lengthMetres.toFixed(1)) }),
  };
}

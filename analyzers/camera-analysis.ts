import type { Camera } from '#ingest/cameras/camera.ts';
import type { CameraId } from '#ingest/media.ts';
import { appearanceOf } from './attributes/appearance.ts';
import { type BodyLook, lookAtBody } from './attributes/body-samples.ts';
import { type GroundPlane, groundPlaneOf } from './attributes/ground-plane.ts';
import { blendLight, measureLight, type SceneLight } from './attributes/scene-light.ts';
import { attributesOf, PaintVote } from './attributes/vehicle-attributes.ts';
import { type Detection, type HygieneObservation, type PlateReading, VEHICLE_LABELS } from './detection.ts';
import { evidenceKey } from './evidence/evidence-picture.ts';
import { PlateHistory } from './evidence/plate-history.ts';
import { isHygieneRule, KitchenPack } from './packs/kitchen/kitchen-pack.ts';
import type { Picture } from './packs/model-pack.ts';
import { voteOnPlate } from './packs/plate/plate-vote.ts';
import type { AnalysisResult, PlateRequest } from './pool/analyzer-messages.ts';
import { RuleEngine, type RuleEvent } from './rules/rule-engine.ts';
import type { PassedVehicle } from './sighting-book.ts';
import type { Track } from './tracking/track.ts';
import { Tracker } from './tracking/tracker.ts';

export interface CameraAnalysisDeps {
  readonly camera: Pick<Camera, 'id' | 'rules' | 'kitchen'>;
  readonly trackEndMs: number;
  /** The detector's threshold: tracks begin a little above it. */
  readonly detectionThreshold: number;
  readonly nextTrackId: () => string;
  readonly nextEventId: (timeMs: number) => string;
}

/** One detected object with the track it belongs to and the plate that was read on it in this picture. */
export interface SeenObject {
  readonly detection: Detection;
  readonly track: Track | undefined;
  readonly reading: PlateReading | undefined;
}

export interface CameraUpdate {
  /** In the order of the result's detections. */
  readonly objects: readonly SeenObject[];
  readonly hygiene: readonly HygieneObservation[];
  readonly events: readonly RuleEvent[];
  /** Tracks that are over, with what was learned of them. */
  readonly ended: readonly PassedVehicle[];
}

const BIRTH_MARGIN = 0.05;
/** A plate is a quarter of the vehicle's width at best, and takes 40 px to be read. */
const MIN_VEHICLE_WIDTH_PX = 140;
const MAX_VEHICLES_READ = 2;

/** A usual picture, until there is one. */
const USUAL_ASPECT = 16 / 9;

/** What is known about the pictures of one camera: tracks, plates, attributes, rules. Plain and synchronous. */
export class CameraAnalysis {
  readonly cameraId: CameraId;
  readonly #tracker: Tracker;
  readonly #rules: RuleEngine;
  readonly #camera: CameraAnalysisDeps['camera'];
  #kitchen: KitchenPack;
  readonly #plates = new Map<string, PlateHistory>();
  readonly #paints = new Map<string, PaintVote>();
  /** Undefined: the camera is not calibrated, so nothing is said of speeds and lengths. */
  readonly #plane: GroundPlane | undefined;
  #light: SceneLight | undefined;
  #aspect = USUAL_ASPECT;

  /** @throws {AppError} `CALIBRATION_UNUSABLE` */
  constructor({ camera, trackEndMs, detectionThreshold, nextTrackId, nextEventId }: CameraAnalysisDeps) {
    this.cameraId = camera.id;
    this.#camera = camera;
    const birthScore = Math.min(0.95, detectionThreshold + BIRTH_MARGIN);
    this.#tracker = new Tracker({ trackEndMs, birthScore, nextId: nextTrackId });
    this.#rules = new RuleEngine({
      cameraId: camera.id,
      rules: camera.rules,
      nextEventId,
      pictureKey: (eventId, timeMs) => evidenceKey(eventId, timeMs, 'picture'),
    });
    this.#kitchen = this.#newKitchen(undefined);
    this.#plane = groundPlaneOf(camera.rules);
  }

  /** Smoothed time between two pictures; 0 before the second one. */
  get intervalMs(): number {
    return this.#tracker.intervalMs;
  }

  get live(): readonly Track[] {
    return this.#tracker.live;
  }

  /** The kitchen is compared with this picture from now on. */
  useReference(reference: Picture): void {
    this.#kitchen = this.#newKitchen(reference);
  }

  #newKitchen(reference: Picture | undefined): KitchenPack {
    const { rules, kitchen: setup } = this.#camera;
    return new KitchenPack({ rules: rules.filter(isHygieneRule), setup, reference });
  }

  /** Which plates are worth looking for in the picture of `timeMs`. */
  plateRequest(timeMs: number): PlateRequest {
    const known = this.#tracker.live.filter((track) => {
      const history = this.#plates.get(track.id);
      return history?.isKnownWellEnough(track.box.width) === true;
    });
    return {
      minVehicleWidthPx: MIN_VEHICLE_WIDTH_PX,
      maxVehicles: MAX_VEHICLES_READ,
      skip: known.map((track) => track.boxAt(timeMs)),
      wholePicture: false,
    };
  }

  /** What is known of a track by now. */
  describe(track: Track): PassedVehicle {
    const attributes = attributesOf(track, this.#paints.get(track.id), this.#plane, this.#aspect);
    return { track, plate: voteOnPlate(this.#plates.get(track.id)?.ballots ?? []), attributes };
  }

  update(picture: Picture, result: AnalysisResult, timeMs: number): CameraUpdate {
    const looks = this.#lookAt(picture, result.detections);
    const { tracks, ended } = this.#tracker.update(
      result.detections,
      timeMs,
      looks.map((look) => look && appearanceOf(look)),
    );
    for (const [index, look] of looks.entries()) {
      const [track, detection] = [tracks[index], result.detections[index]];
      if (!look || !track || !detection) continue;
      const paint = this.#paints.get(track.id) ?? new PaintVote();
      this.#paints.set(track.id, paint);
      paint.add(look, detection, detection.box.width * picture.widthPx);
    }
    const objects = result.detections.map((detection, index) => ({
      detection,
      track: tracks[index],
      reading: result.plates.find((plate) => plate.vehicleIndex === index),
    }));
    for (const index of result.vehiclesRead) {
      const object = objects[index];
      if (!object?.track) continue;
      this.#historyOf(object.track).add(object.reading, object.detection.box.width, picture.widthPx);
    }
    const vehicles = objects.flatMap(({ track }) => (track && VEHICLE_LABELS.includes(track.label) ? [track] : []));
    const hygiene = this.#kitchen.observe(picture, result.detections, timeMs, result.hygiene);
    const events = [...this.#rules.updateTracks(vehicles, timeMs), ...this.#rules.updateHygiene(hygiene, timeMs)];
    return { objects, hygiene, events, ended: this.#finish(ended) };
  }

  /** Ends every track: the camera stopped, or its pictures did. */
  endAll(): readonly PassedVehicle[] {
    return this.#finish(this.#tracker.close());
  }

  /** One look at each vehicle's body: for telling neighbours apart, and for the colour of its paint. */
  #lookAt(picture: Picture, detections: readonly Detection[]): (BodyLook | undefined)[] {
    this.#aspect = picture.widthPx / picture.heightPx;
    if (!detections.some(({ label }) => VEHICLE_LABELS.includes(label))) return detections.map(() => undefined);
    this.#light = blendLight(this.#light, measureLight(picture));
    const light = this.#light;
    return detections.map((detection) => lookAtBody(picture, detection, detections, light));
  }

  #historyOf(track: Track): PlateHistory {
    const history = this.#plates.get(track.id) ?? new PlateHistory();
    this.#plates.set(track.id, history);
    return history;
  }

  #finish(tracks: readonly Track[]): PassedVehicle[] {
    return tracks.map((track) => {
      const vehicle = this.describe(track);
      this.#plates.delete(track.id);
      this.#paints.delete(track.id);
      this.#rules.forget(track.id);
      return vehicle;
    });
  }
}

import type { Bus } from '#infra/runtime/bus.ts';
import { BoundedQueue } from '#infra/runtime/bounded-queue.ts';
import { describeError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { Camera } from '#ingest/cameras/camera.ts';
import type { CameraId, Frame } from '#ingest/media.ts';
import type { BlobStore } from '#ingest/ports.ts';
import { ScheduleClock } from '#ingest/recorder/recording-schedule.ts';
import type { AnalysisEvent, EvidencePicture, KitchenViolation } from './analysis-event.ts';
import type { Box } from './detection.ts';
import { groundPlaneOf } from './attributes/ground-plane.ts';
import { CameraAnalysis, type CameraUpdate } from './camera-analysis.ts';
import type { AnalyzerConfig } from './config.ts';
import { HeldPictures } from './evidence/held-pictures.ts';
import { PictureEncodings } from './evidence/picture-encodings.ts';
import { ViolationEvidence } from './evidence/violation-evidence.ts';
import { isHygieneRule } from './packs/kitchen/kitchen-pack.ts';
import { loadReference } from './packs/kitchen/load-reference.ts';
import { PictureHealth, type PictureFault } from './health/picture-health.ts';
import { judgedByModels } from './packs/kitchen/kitchen-pack.ts';
import type { Picture } from './packs/model-pack.ts';
import type { AnalysisJob, AnalysisResult } from './pool/analyzer-messages.ts';
import type { AnalyzerPool } from './pool/analyzer-pool.ts';
import { SceneGate } from './pool/scene-gate.ts';
import { regionsOf } from './pool/watched-regions.ts';
import type { AnalyzerTopics, EventSink, OpenViolations } from './ports.ts';
import type { OpenViolation } from './rules/hygiene-book.ts';
import { type PassedVehicle, SightingBook, type SightingDraft } from './sighting-book.ts';

export interface AnalysisPipelineDeps {
  readonly pool: Pick<AnalyzerPool, 'submit'>;
  readonly sink: EventSink;
  readonly openViolations: OpenViolations;
  /** Holds the reference pictures of kitchens. */
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly bus: Bus<AnalyzerTopics>;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Pick<AnalyzerConfig, 'trackEndMs' | 'detectionThreshold' | 'skipUnchanged' | 'blurHeads'>;
}

/** The numbers of one camera since it was added. */
export interface CameraAnalysisStats {
  readonly cameraId: CameraId;
  readonly framesIn: number;
  readonly framesAnalysed: number;
  /** Replaced by a newer picture before their turn came. */
  readonly framesDropped: number;
  readonly framesFailed: number;
  /** Not analysed, since they looked like the one before and nothing moved in that; counted as analysed too. */
  readonly framesUnchanged: number;
  /** Analysed pictures a second, smoothed. */
  readonly framesPerSecond: number;
  readonly events: number;
  readonly fault: PictureFault | undefined;
}

interface WatchedCamera {
  readonly camera: Camera;
  /** What is the same for each of its pictures. */
  readonly orders: Pick<AnalysisJob, 'regions' | 'secondLook' | 'hygiene'>;
  readonly analysis: CameraAnalysis;
  readonly sightings: SightingBook;
  readonly evidence: ViolationEvidence;
  readonly health: PictureHealth;
  /** Ends what is still being loaded for the camera. */
  readonly abort: AbortController;
  /** Undefined where every picture is to be analysed. */
  readonly gate: SceneGate | undefined;
  /** Models judge the persons that are there: a state that was told once must not count again and again unseen. */
  isToBeJudged: boolean;
  /** Pictures at the analyzer threads, or in line for them. */
  inWork: number;
  framesUnchanged: number;
  fault: PictureFault | undefined;
  lastFrameMs: number;
  lastArrivedMs: number;
  framesIn: number;
  framesAnalysed: number;
  framesDropped: number;
  framesFailed: number;
  events: number;
}

const SWEEP_MS = 1000;
/** Time stamps that jump back by more than this belong to a new session: its tracks are others. */
const CLOCK_JUMP_MS = 5000;
/** About 90 pictures of 1280×720: of 60 cameras at key frames nearly all are surpassed or stored before it is full. */
const HELD_PICTURES_BYTES = 256 * 1024 * 1024;
/** A database that is away for longer must not keep violations from being raised: one may then be raised twice. */
const RESUME_PATIENCE_MS = 60_000;
const RESUME_RETRY_MS = 5000;
/** Events that the sink refused wait here, oldest lost first, each loss logged. */
const REFUSED_KEPT = 200;

/** Frames in; events to the sink, overlays to the bus. One for all cameras of a process. */
export class AnalysisPipeline {
  readonly #deps: AnalysisPipelineDeps;
  readonly #cameras = new Map<CameraId, WatchedCamera>();
  readonly #pending = new Set<Promise<void>>();
  readonly #refused = new BoundedQueue<{ event: AnalysisEvent; pictures: readonly EvidencePicture[] }>(REFUSED_KEPT);
  readonly #pictures = new HeldPictures({ maxSizeBytes: HELD_PICTURES_BYTES });
  /** What was open when a camera's analysis ended: it may begin again with other rules before storage knows of it. */
  readonly #left = new Map<CameraId, readonly OpenViolation[]>();
  #sweep: { cancel(): void };
  #isClosed = false;

  constructor(deps: AnalysisPipelineDeps) {
    this.#deps = deps;
    this.#sweep = this.#scheduleSweep();
  }

  /** Begins to watch a camera, or takes its new rules: a known camera's tracks end first. */
  addCamera(camera: Camera): void {
    this.removeCamera(camera.id);
    const nextEventId = uuidv7;
    const watched: WatchedCamera = {
      camera,
      orders: {
        regions: regionsOf(camera.rules),
        secondLook: camera.analysis.mode === 'off' ? undefined : camera.analysis.secondLook,
        hygiene: judgedByModels(camera.rules),
      },
      analysis: new CameraAnalysis({
        camera: { id: camera.id, rules: this.#usableRules(camera), kitchen: this.#usableSetup(camera) },
        trackEndMs: this.#deps.config.trackEndMs,
        detectionThreshold: this.#deps.config.detectionThreshold,
        waitsForOpenViolations: true,
        nextTrackId: () => uuidv7(this.#deps.clock.nowMs()),
        nextEventId,
      }),
      sightings: new SightingBook({ cameraId: camera.id, nextEventId }),
      evidence: new ViolationEvidence({
        pictures: this.#pictures,
        isBlurred: this.#deps.config.blurHeads,
        onError: (error) => this.#notEncoded(camera.id, error),
      }),
      health: new PictureHealth(),
      abort: new AbortController(),
      gate: this.#deps.config.skipUnchanged && camera.analysis.mode === 'keyframes' ? new SceneGate() : undefined,
      isToBeJudged: false,
      inWork: 0,
      framesUnchanged: 0,
      fault: undefined,
      lastFrameMs: 0,
      lastArrivedMs: this.#deps.clock.monotonicMs(),
      framesIn: 0,
      framesAnalysed: 0,
      framesDropped: 0,
      framesFailed: 0,
      events: 0,
    };
    this.#cameras.set(camera.id, watched);
    this.#track(this.#resume(watched));
    const reference = camera.kitchen?.reference;
    if (reference) this.#track(this.#takeReference(watched, reference.pictureKey));
  }

  removeCamera(cameraId: CameraId): void {
    const watched = this.#cameras.get(cameraId);
    if (!watched) return;
    this.#cameras.delete(cameraId);
    watched.abort.abort();
    watched.evidence.close();
    this.#left.set(cameraId, watched.analysis.openViolations);
    this.#sightEnded(watched, watched.analysis.endAll());
  }

  /** Opening hours that came past the API and cannot be read cost what needs them, not the camera. */
  #usableSetup({ id, kitchen }: Camera): Camera['kitchen'] {
    try {
      if (kitchen?.openingHours) new ScheduleClock(kitchen.openingHours);
      return kitchen;
    } catch (error) {
      this.#deps.log.error({ cameraId: id, error: describeError(error) }, 'opening hours not used');
      return { ...kitchen, openingHours: undefined };
    }
  }

  /** Until it is known what is open, kitchens are watched, but nothing is raised. */
  async #resume({ analysis, abort, camera }: WatchedCamera): Promise<void> {
    if (!camera.rules.some(isHygieneRule)) return analysis.resume([]);
    const left = this.#left.get(camera.id);
    if (left) return analysis.resume(left);
    const { openViolations, clock } = this.#deps;
    const untilMs = clock.monotonicMs() + RESUME_PATIENCE_MS;
    while (!abort.signal.aborted) {
      try {
        return analysis.resume(await openViolations.openOf(camera.id));
      } catch (error) {
        const isLast = clock.monotonicMs() >= untilMs;
        const log = this.#deps.log.child({ cameraId: camera.id });
        log.warn({ error: describeError(error), isLast }, 'open violations not known');
        if (isLast) return analysis.resume([]);
        await sleep(RESUME_RETRY_MS, clock, abort.signal);
      }
    }
  }

  async #takeReference({ analysis, abort, camera }: WatchedCamera, pictureKey: string): Promise<void> {
    const { blobs, clock } = this.#deps;
    const log = this.#deps.log.child({ cameraId: camera.id });
    const reference = await loadReference({ blobs, clock, log, signal: abort.signal }, pictureKey);
    if (reference) analysis.useReference(reference);
  }

  /** A calibration that came past the API and cannot be used costs the speeds, not the camera. */
  #usableRules({ id, rules }: Camera): Camera['rules'] {
    try {
      groundPlaneOf(rules);
      return rules;
    } catch (error) {
      this.#deps.log.error({ cameraId: id, error: describeError(error) }, 'calibration not used');
      return rules.filter(({ kind }) => kind !== 'calibration');
    }
  }

  get stats(): readonly CameraAnalysisStats[] {
    return [...this.#cameras.values()].map((watched) => ({
      cameraId: watched.camera.id,
      framesIn: watched.framesIn,
      framesAnalysed: watched.framesAnalysed,
      framesDropped: watched.framesDropped,
      framesFailed: watched.framesFailed,
      framesUnchanged: watched.framesUnchanged,
      framesPerSecond: watched.analysis.intervalMs > 0 ? 1000 / watched.analysis.intervalMs : 0,
      events: watched.events,
      fault: watched.fault,
    }));
  }

  /** How many events were lost because the sink refused them for too long. */
  get eventsLost(): number {
    return this.#refused.dropped;
  }

  /** Takes a frame and gives it back when done with it, whatever happens. */
  push(frame: Frame): void {
    const watched = this.#cameras.get(frame.cameraId);
    if (!watched || this.#isClosed) {
      frame.release();
      return;
    }
    watched.framesIn++;
    watched.lastArrivedMs = this.#deps.clock.monotonicMs();
    this.#track(this.#analyse(watched, frame).finally(() => frame.release()));
  }

  /** Ends every track, stores what is due and returns when that is done. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sweep.cancel();
    for (const cameraId of this.#cameras.keys()) this.removeCamera(cameraId);
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    await this.#retryRefused();
  }

  async #analyse(watched: WatchedCamera, frame: Frame): Promise<void> {
    const { pixels, widthPx, heightPx, wallMs } = frame;
    const isRoad = watched.camera.scene === 'road';
    let result = this.#carried(watched, frame);
    if (result) return this.#take(watched, frame, result);
    watched.inWork++;
    try {
      const plates = isRoad ? watched.analysis.plateRequest(wallMs) : undefined;
      const job = { pixels, widthPx, heightPx, plates, ...watched.orders };
      result = await this.#deps.pool.submit(watched.camera.id, job);
    } catch (error) {
      watched.framesFailed++;
      this.#deps.log.warn({ cameraId: watched.camera.id, error: describeError(error) }, 'picture not analysed');
      return;
    } finally {
      watched.inWork--;
    }
    // A camera that was removed or changed meanwhile has ended its tracks.
    if (!result || this.#cameras.get(watched.camera.id) !== watched) {
      watched.framesDropped++;
      return;
    }
    await this.#take(watched, frame, result);
  }

  /** What is in a picture that need not be analysed; never overtakes one that is being analysed. */
  #carried(watched: WatchedCamera, frame: Frame): AnalysisResult | undefined {
    if (!watched.gate || watched.inWork > 0 || watched.isToBeJudged) return undefined;
    const result = watched.gate.carry(pictureOf(frame), frame.wallMs);
    if (result) watched.framesUnchanged++;
    return result;
  }

  async #take(watched: WatchedCamera, frame: Frame, result: AnalysisResult): Promise<void> {
    const timeMs = frame.wallMs;
    if (timeMs < watched.lastFrameMs - CLOCK_JUMP_MS) this.#sightEnded(watched, watched.analysis.endAll());
    watched.lastFrameMs = timeMs;
    watched.framesAnalysed++;
    const picture = pictureOf(frame);
    this.#checkHealth(watched, picture, timeMs);
    const update = watched.analysis.update(picture, result, timeMs);
    const { hygiene: observations, openRules } = update;
    watched.evidence.offer({ picture, persons: personsIn(result), observations, timeMs }, openRules);
    // A carried result has taken no time of a thread, and shows nothing new.
    if (result.detectMs > 0) watched.gate?.analysed(picture, timeMs, update.objects);
    watched.isToBeJudged =
      watched.orders.hygiene !== undefined && result.detections.some(({ label }) => label === 'person');
    this.#publish(watched, frame, update, result);

    const onError = (error: unknown): void => this.#notEncoded(watched.camera.id, error);
    // What a rule of roads finds in a kitchen, a trolley taken for a car say, has a picture of the kitchen too.
    const toKeep = (whole: Picture): Picture =>
      watched.camera.scene === 'kitchen' ? watched.evidence.toKeep(whole) : whole;
    const encodings = new PictureEncodings(picture, this.#pictures, onError, toKeep);
    for (const { detection, track, reading } of update.objects) {
      if (!track) continue;
      watched.sightings.evidenceFor(track)?.offer(picture, detection, reading, timeMs, () => ({
        picture: encodings.later(),
        plateCrop: reading?.withheld === undefined && reading ? encodings.plate(reading.box) : undefined,
      }));
      if (watched.sightings.isDue(track, timeMs)) {
        const vehicle = watched.analysis.describe(track);
        this.#store(watched, watched.sightings.sight(vehicle, watched.analysis.intervalMs));
      }
    }
    for (const event of update.events) {
      if (event.kind === 'kitchen.violation') this.#emitViolation(watched, event);
      else this.#emitRuleEvent(watched, event, encodings);
    }
    this.#sightEnded(watched, update.ended);
    await encodings.settled();
  }

  #emitViolation(watched: WatchedCamera, raised: KitchenViolation): void {
    const { event, picture } = watched.evidence.prove(raised);
    this.#track(
      (async () => {
        const jpeg = await picture?.jpeg();
        const { pictureKey: key } = event;
        await this.#emit(watched, event, key !== undefined && jpeg ? [{ key, jpeg }] : []);
      })(),
    );
  }

  #emitRuleEvent(
    watched: WatchedCamera,
    event: Exclude<CameraUpdate['events'][number], KitchenViolation>,
    encodings: PictureEncodings,
  ): void {
    const key = event.kind === 'vehicle.crossing' ? undefined : event.pictureKey;
    const picture = key === undefined ? undefined : encodings.whole();
    this.#track(
      (async () => {
        const jpeg = await picture;
        await this.#emit(watched, event, key !== undefined && jpeg ? [{ key, jpeg }] : []);
      })(),
    );
  }

  #notEncoded(cameraId: CameraId, error: unknown): void {
    this.#deps.log.error({ cameraId, error: describeError(error) }, 'picture not encoded');
  }

  #sightEnded(watched: WatchedCamera, ended: readonly PassedVehicle[]): void {
    for (const vehicle of ended) {
      this.#store(watched, watched.sightings.sight(vehicle, watched.analysis.intervalMs));
      watched.sightings.forget(vehicle.track);
    }
  }

  #store(watched: WatchedCamera, draft: SightingDraft | undefined): void {
    if (!draft) return;
    this.#track(
      (async () => {
        const { plateCropKey, ...sighting } = draft.sighting;
        const pictures: EvidencePicture[] = [];
        const whole = await draft.pictures.picture.jpeg();
        if (whole) pictures.push({ key: sighting.pictureKey, jpeg: whole });
        const crop = await draft.pictures.plateCrop;
        const hasCrop = plateCropKey !== undefined && crop !== undefined;
        if (hasCrop) pictures.push({ key: plateCropKey, jpeg: crop });
        await this.#emit(watched, hasCrop ? { ...sighting, plateCropKey } : sighting, pictures);
      })(),
    );
  }

  async #emit(watched: WatchedCamera, event: AnalysisEvent, pictures: readonly EvidencePicture[]): Promise<void> {
    watched.events++;
    await this.#offerToSink(event, pictures);
  }

  async #offerToSink(event: AnalysisEvent, pictures: readonly EvidencePicture[]): Promise<boolean> {
    try {
      await this.#deps.sink.emit(event, pictures);
      return true;
    } catch (error) {
      const { eventId, kind, cameraId } = event;
      this.#deps.log.error({ cameraId, eventId, kind, error: describeError(error) }, 'event not stored, kept for now');
      const lost = this.#refused.push({ event, pictures });
      if (lost) this.#deps.log.error({ cameraId: lost.event.cameraId, eventId: lost.event.eventId }, 'event lost');
      return false;
    }
  }

  async #retryRefused(): Promise<void> {
    for (const { event, pictures } of this.#refused.drain()) await this.#offerToSink(event, pictures);
  }

  #publish(watched: WatchedCamera, frame: Frame, update: CameraUpdate, result: AnalysisResult): void {
    this.#deps.bus.publish('frame.analysis', {
      cameraId: watched.camera.id,
      timeMs: frame.wallMs,
      widthPx: frame.widthPx,
      heightPx: frame.heightPx,
      detections: update.objects.map(({ detection, track }) => ({ ...detection, trackId: track?.id })),
      plates: result.plates.filter(({ withheld }) => withheld !== 'refused'),
      hygiene: update.hygiene,
    });
  }

  #checkHealth(watched: WatchedCamera, picture: Picture, timeMs: number): void {
    const change = watched.health.update(picture, timeMs);
    if (!change || change.fault === watched.fault) return;
    watched.fault = change.fault;
    const { fault, sinceMs } = change;
    this.#deps.log.warn(
      { cameraId: watched.camera.id, fault, sinceMs },
      fault ? 'picture is unusable' : 'picture is fine',
    );
  }

  /** Tracks end although no picture comes any more, and refused events are offered again. */
  #scheduleSweep(): { cancel(): void } {
    return this.#deps.clock.setTimeout(() => {
      const nowMs = this.#deps.clock.monotonicMs();
      for (const watched of this.#cameras.values()) {
        const patienceMs = Math.max(this.#deps.config.trackEndMs, 2.5 * watched.analysis.intervalMs) + SWEEP_MS;
        if (nowMs - watched.lastArrivedMs > patienceMs) this.#sightEnded(watched, watched.analysis.endAll());
      }
      this.#track(this.#retryRefused());
      this.#sweep = this.#scheduleSweep();
    }, SWEEP_MS);
  }

  #track(work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) => this.#deps.log.error({ error: describeError(error) }, 'analysis step failed'))
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }
}

function pictureOf({ pixels, widthPx, heightPx }: Frame): Picture {
  return { pixels: new Uint8Array(pixels), widthPx, heightPx };
}

function personsIn({ detections }: AnalysisResult): Box[] {
  return detections.filter(({ label }) => label === 'person').map(({ box }) => box);
}

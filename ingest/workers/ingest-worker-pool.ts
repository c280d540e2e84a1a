import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import { type AppError, describeError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { Supervisor } from '#infra/runtime/supervisor.ts';
import type { Camera } from '../cameras/camera.ts';
import type { IngestConfig } from '../config.ts';
import { makeConnectTurns } from '../connect-limiter.ts';
import type { AccessUnit, CameraId, GapCause, StreamKind } from '../media.ts';
import type { CameraStateSink, SegmentLog } from '../ports.ts';
import { recoverCamera } from '../recorder/segment-recovery.ts';
import { forwardLogLine } from './forward-log.ts';
import { GapLedger } from './gap-ledger.ts';
import type { Drill, FromIngest, StreamNumbers } from './ingest-messages.ts';
import { IngestThread } from './ingest-thread.ts';
import { KeyFrameRequests } from './key-frame-requests.ts';
import { makeRing, type RingEntry } from './media-ring.ts';
import { costOf, leastLoaded, type PlacedCamera, pickMove } from './placement.ts';
import { RemoteCamera } from './remote-camera.ts';
import { readRates } from './stream-rates.ts';

export interface IngestWorkerPoolDeps {
  /** `recordingFolder` must be absolute. */
  readonly config: IngestConfig;
  readonly segments: SegmentLog;
  readonly states: CameraStateSink;
  readonly clock: Clock;
  readonly log: Log;
  /** Added at the start. */
  readonly cameras?: readonly Camera[];
  /** Memory of one thread, beside the pictures. */
  readonly resourceLimits?: ResourceLimits;
}

export interface IngestPoolFigures {
  readonly threads: number;
  /** Threads that died or hung, and were replaced. */
  readonly replaced: number;
  /** Moves of cameras to even the load. */
  readonly moves: number;
  /** CPU time of the threads that run now, since each one's start. */
  readonly cpuMs: number;
  /** Units that readers on the main thread missed because it lagged. */
  readonly lostUnits: number;
  /** Rows that wait because they were refused. */
  readonly waitingRows: number;
}

interface Place {
  readonly remote: RemoteCamera;
  slot: number;
  /** The thread that runs it now. */
  thread: IngestThread | undefined;
  isLeaving: boolean;
}

/** A thread that dies at once again starts a little later each time; its cameras wait no longer than this. */
const RESTART = { initialMs: 50, maxMs: 3000, jitter: 0.3, healthyAfterMs: 60_000 };
const RING_BYTES = 16 * 1024 * 1024;
const DEFAULT_LIMITS: ResourceLimits = { maxOldGenerationSizeMb: 1024 };
const STOP_TIMEOUT_MS = 15_000;
const BALANCE_INTERVAL_MS = 60_000;
/** An uneven load must last: rates of cameras rise and fall with the day. */
const BALANCE_AFTER_CHECKS = 5;
const RECOVERIES_AT_ONCE = 4;

/**
 * Takes in and records cameras on several threads; whoever needs their pictures on this thread reads the mirrors of
 * their hubs. A thread that dies or hangs is replaced: the files that it left open are saved, each of its cameras gets a
 * gap that says so, and goes on within seconds.
 */
export class IngestWorkerPool {
  readonly threads: number;
  readonly #deps: IngestWorkerPoolDeps;
  readonly #ledger: GapLedger;
  readonly #connectTurns: SharedArrayBuffer;
  readonly #live = new Map<number, IngestThread>();
  readonly #places = new Map<CameraId, Place>();
  readonly #streams = new Map<number, { readonly place: Place; readonly kind: StreamKind }>();
  readonly #stops = new Map<CameraId, () => void>();
  readonly #keyFrames: KeyFrameRequests;
  #supervisors: Supervisor[] = [];
  #balanceTimer: { cancel(): void } | undefined;
  #unevenChecks = 0;
  #nextStreamNumber = 1;
  #replaced = 0;
  #moves = 0;
  #isClosed = false;

  constructor(deps: IngestWorkerPoolDeps) {
    this.#deps = deps;
    this.threads = deps.config.threads > 0 ? deps.config.threads : availableParallelism();
    this.#ledger = new GapLedger(deps);
    this.#connectTurns = makeConnectTurns(this.threads);
    this.#keyFrames = new KeyFrameRequests(deps.clock);
  }

  get cameras(): readonly RemoteCamera[] {
    return [...this.#places.values()].map(({ remote }) => remote);
  }

  get figures(): IngestPoolFigures {
    const threads = [...this.#live.values()].map((thread) => thread.figures);
    return {
      threads: threads.length,
      replaced: this.#replaced,
      moves: this.#moves,
      cpuMs: threads.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      lostUnits: threads.reduce((sum, { lostUnits }) => sum + lostUnits, 0),
      waitingRows: this.#ledger.waiting,
    };
  }

  /** The thread that a camera belongs to, from 0; undefined when there is no such camera. */
  slotOf(cameraId: CameraId): number | undefined {
    return this.#places.get(cameraId)?.slot;
  }

  camera(cameraId: CameraId): RemoteCamera | undefined {
    return this.#places.get(cameraId)?.remote;
  }

  /**
   * Starts the threads; returns when all of them run.
   * @throws {AppError} `INGEST_THREAD_DIED`
   */
  async start(): Promise<void> {
    if (this.#supervisors.length > 0) return;
    const { clock, log, cameras = [] } = this.#deps;
    const starts = Array.from({ length: this.threads }, (_, slot) => {
      const first = Promise.withResolvers<void>();
      this.#supervisors.push(
        new Supervisor((signal) => this.#runThread(slot, signal, first), {
          clock,
          options: RESTART,
          hooks: {
            onRetry: (error, attempt, delayMs) => {
              this.#replaced++;
              const code = error?.code;
              log.error({ slot, code, attempt, delayMs }, `ingest thread replaced: ${error && describeError(error)}`);
            },
          },
        }),
      );
      return first.promise;
    });
    for (const camera of cameras) this.add(camera);
    await Promise.all(starts);
    log.info({ threads: this.threads }, 'ingest threads started');
    this.#balanceLater();
  }

  /** Takes a camera in, at once or when its thread is there. Its id must be new; `remove` the camera first to change it. */
  add(camera: Camera): RemoteCamera {
    const { clock, log, states } = this.#deps;
    const known = this.#places.get(camera.id);
    if (known) return known.remote;
    const numbers: StreamNumbers = Object.fromEntries(
      camera.streams.map(({ kind }) => [kind, this.#nextStreamNumber++]),
    );
    const remote = new RemoteCamera({
      camera,
      numbers,
      states,
      clock,
      log,
      send: (message) => place.thread?.send(message),
      askKeyFrame: (stream) => this.#askKeyFrame(place, stream),
    });
    const slots = Array.from({ length: this.threads }, (_, slot) => slot);
    const slot = leastLoaded(slots, this.#placed()) ?? 0;
    const place: Place = { remote, slot, thread: undefined, isLeaving: false };
    this.#places.set(camera.id, place);
    for (const { kind } of camera.streams) {
      const number = numbers[kind];
      if (number !== undefined) this.#streams.set(number, { place, kind });
    }
    const thread = this.#live.get(slot);
    if (thread) this.#startOn(thread, place);
    return remote;
  }

  /** Takes an edit that ingest takes no notice of: nothing is interrupted. See `isSameForIngest`. */
  update(camera: Camera): void {
    this.#places.get(camera.id)?.remote.update(camera);
  }

  /**
   * Ends a camera: its file is closed and announced when this resolves.
   * @param cause of the gap that begins
   */
  async remove(cameraId: CameraId, cause?: GapCause): Promise<void> {
    const place = this.#places.get(cameraId);
    if (!place) return;
    await this.#leaveThread(place, cause);
    this.#places.delete(cameraId);
    for (const number of Object.values(place.remote.numbers)) this.#streams.delete(number);
  }

  /** Kills the thread of a slot, as a crash would: for tests and drills. */
  async drill(slot: number, drill: Drill | 'terminate'): Promise<void> {
    const thread = this.#live.get(slot);
    if (drill === 'terminate') await thread?.kill();
    else thread?.send({ kind: 'drill', drill });
  }

  /** Ends all cameras and threads; all files are closed and announced. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#balanceTimer?.cancel();
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.close()));
    this.#ledger.close();
  }

  /** One life of one thread. */
  async #runThread(slot: number, signal: AbortSignal, first: PromiseWithResolvers<void>): Promise<void> {
    const { clock, log, resourceLimits = DEFAULT_LIMITS } = this.#deps;
    // What may wait for the disk is shared by the threads.
    const config = { ...this.#deps.config, writeQueueMb: this.#deps.config.writeQueueMb / this.threads };
    const thread = new IngestThread({
      workerData: { config, logLevel: log.level, ring: makeRing(RING_BYTES), connectTurns: this.#connectTurns, slot },
      resourceLimits,
      hangTimeoutMs: config.hangTimeoutMs,
      clock,
      onMessage: (message) => this.#take(thread, message),
      onMedia: (entry) => this.#takeMedia(thread, entry),
    });
    const close = (): void => void thread.close();
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    try {
      await thread.ready();
      this.#live.set(slot, thread);
      first.resolve();
      for (const place of this.#places.values()) if (place.slot === slot) this.#startOn(thread, place);
      const failure = await thread.ended;
      if (failure) {
        await this.#repair(thread, failure);
        throw failure;
      }
    } catch (error) {
      first.reject(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
      if (this.#live.get(slot) === thread) this.#live.delete(slot);
    }
  }

  /** After a thread died: files that it left open are saved, and what is missing from now on gets its gap. */
  async #repair(thread: IngestThread, failure: AppError): Promise<void> {
    const atMs = this.#deps.clock.nowMs();
    if (this.#live.get(thread.slot) === thread) this.#live.delete(thread.slot);
    const lost = [...this.#places.values()].filter((place) => place.thread === thread);
    for (const place of lost) place.thread = undefined;
    const rest = lost.values();
    await Promise.all(
      Array.from({ length: RECOVERIES_AT_ONCE }, async () => {
        for (const place of rest) await this.#repairCamera(place, failure, atMs);
      }),
    );
    for (const { remote } of lost) this.#stops.get(remote.camera.id)?.();
  }

  async #repairCamera({ remote }: Place, failure: AppError, atMs: number): Promise<void> {
    const { config, clock, log } = this.#deps;
    const isAnnounced = (segmentId: string): boolean => this.#ledger.isAnnounced(segmentId);
    const stream = remote.recordedStream;
    const recovered = { frames: 0, sizeBytes: 0 };
    if (stream) {
      const { id: cameraId } = remote.camera;
      const folder = config.recordingFolder;
      try {
        for (const segment of await recoverCamera({
          folder,
          segments: this.#ledger,
          isAnnounced,
          clock,
          log,
          cameraId,
        })) {
          recovered.frames += segment.frames;
          recovered.sizeBytes += segment.sizeBytes;
        }
      } catch (error) {
        log.error({ cameraId }, `files left open could not be saved: ${describeError(error)}`);
      }
      this.#ledger.interrupted(cameraId, stream, { atMs, code: failure.code });
    }
    remote.lostThread(failure.code, recovered);
  }

  #startOn(thread: IngestThread, place: Place): void {
    if (this.#isClosed || place.isLeaving) return;
    const { camera, numbers, recordedStream } = place.remote;
    const openGap = recordedStream && this.#ledger.openGapOf(camera.id, recordedStream);
    place.thread = thread;
    thread.send({ kind: 'start', camera, numbers, openGap });
    place.remote.renew();
  }

  async #leaveThread(place: Place, cause?: GapCause): Promise<void> {
    const { thread } = place;
    const { id } = place.remote.camera;
    place.isLeaving = true;
    if (!thread) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stops.set(id, resolve);
    const timer = this.#deps.clock.setTimeout(() => {
      this.#deps.log.error({ cameraId: id }, 'a camera did not stop in time');
      resolve();
    }, STOP_TIMEOUT_MS);
    thread.send({ kind: 'stop', cameraId: id, cause });
    await promise;
    timer.cancel();
    this.#stops.delete(id);
    place.thread = undefined;
  }

  #take(thread: IngestThread, message: FromIngest): void {
    switch (message.kind) {
      case 'segment':
        this.#ledger.appendSegment(message.segment);
        break;
      case 'gap.opened':
        this.#ledger.openGap(message.gap);
        break;
      case 'gap.closed':
        this.#ledger.closeGap(message.gap);
        break;
      case 'state':
        this.#of(thread, message.state.cameraId)?.remote.noteState(message.state);
        break;
      case 'recording':
        this.#of(thread, message.cameraId)?.remote.noteRecording(message.counters);
        break;
      case 'stopped':
        this.#stops.get(message.cameraId)?.();
        break;
      case 'key-frame':
        this.#keyFrames.answer(message.requestId, message.unit);
        break;
      case 'beat':
        for (const [number, rates] of readRates(message.rates)) {
          const stream = this.#streams.get(number);
          if (stream?.place.thread === thread) stream.place.remote.noteRates(stream.kind, rates);
        }
        break;
      case 'log':
        forwardLogLine(this.#deps.log, message.line);
        break;
      case 'media':
      case 'ready':
        break;
    }
  }

  #takeMedia(thread: IngestThread, entry: RingEntry): void {
    const stream = this.#streams.get(entry.streamNumber);
    if (stream?.place.thread === thread) stream.place.remote.mirror(stream.kind)?.take(entry);
  }

  #of(thread: IngestThread, cameraId: CameraId): Place | undefined {
    const place = this.#places.get(cameraId);
    return place?.thread === thread ? place : undefined;
  }

  async #askKeyFrame({ remote, thread }: Place, stream: StreamKind): Promise<AccessUnit | undefined> {
    if (!thread) return undefined;
    return await this.#keyFrames.ask((requestId) =>
      thread.send({ kind: 'ask-key-frame', cameraId: remote.camera.id, stream, requestId }),
    );
  }

  #placed(): readonly PlacedCamera[] {
    return [...this.#places].map(([cameraId, { slot, remote }]) => ({
      cameraId,
      slot,
      cost: costOf(remote.measuredKbps),
    }));
  }

  #balanceLater(): void {
    if (this.#isClosed) return;
    this.#balanceTimer = this.#deps.clock.setTimeout(() => {
      const move = pickMove([...this.#live.keys()], this.#placed());
      this.#unevenChecks = move ? this.#unevenChecks + 1 : 0;
      const place = move && this.#places.get(move.cameraId as CameraId);
      if (place && this.#unevenChecks >= BALANCE_AFTER_CHECKS) void this.#move(place, move.to);
      this.#balanceLater();
    }, BALANCE_INTERVAL_MS);
  }

  /** To another thread: its file is closed first, and the gap between is as short as a connect. */
  async #move(place: Place, to: number): Promise<void> {
    const { id } = place.remote.camera;
    this.#deps.log.info({ cameraId: id, from: place.slot, to }, 'a camera moves to a thread with less to do');
    await this.#leaveThread(place);
    if (this.#places.get(id) !== place) return;
    place.slot = to;
    place.isLeaving = false;
    place.remote.lostThread(undefined, { frames: 0, sizeBytes: 0 });
    this.#moves++;
    const thread = this.#live.get(to);
    if (thread) this.#startOn(thread, place);
  }
}

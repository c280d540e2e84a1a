import type { types } from 'mediasoup';
import type { ReadableHub } from '#ingest/hub/readable-hub.ts';
import type { StreamKind } from '#ingest/media.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { streamingErrors } from '../errors.ts';
import type { LiveSource } from '../live-source.ts';
import type { TranscodedStream, Transcoder } from '../transcode/transcoder.ts';
import type { MediaWorker } from './media-workers.ts';
import { type Layer, RelayedCamera } from './relayed-camera.ts';
import { keyFrameRequests } from './rtcp-feedback.ts';

/** A camera is asked for a key frame no more often. */
const ASK_EVERY_MS = 2000;

export interface ProducerLease {
  readonly producer: types.Producer;
  /** Whether sub and main stream are both to be had. */
  readonly hasLayers: boolean;
  /** What its smallest stream takes; undefined while that is not known. */
  leastBitsPerSecond(): number | undefined;
  /** Must be called when a tile of this lease shows another stream; until then it is the sub-stream. */
  prefer(kind: StreamKind): void;
  /**
   * The viewer shows nothing yet: it gets the pictures since the last key frame at once. Where others watch the camera too they
   * would see them again, so that it waits for the next one.
   */
  catchUp(): void;
  /** The viewer does not look for a while; a camera that nobody looks at is not sent to the relay. Idempotent. */
  rest(): void;
  /** It looks again. Idempotent. */
  wake(): void;
  /** Idempotent. */
  release(): void;
}

/** A camera at one relay process: its own producer, or the far end of a pipe. */
interface Outlet {
  readonly producer: Promise<types.Producer>;
  users: number;
  idleTimer: { cancel(): void } | undefined;
}

interface Entry {
  readonly camera: RelayedCamera;
  readonly outlets: Map<MediaWorker, Outlet>;
  readonly transcoded: TranscodedStream | undefined;
  askedMs: number;
  /** Viewers that do not rest, at all relay processes. */
  watching: number;
  restTimer: { cancel(): void } | undefined;
}

export interface CameraProducersDeps {
  readonly source: LiveSource;
  readonly transcoder: Transcoder;
  readonly clock: Clock;
  readonly idleMs: number;
}

/**
 * Cameras in the relay: put in by their first viewer, taken out a while after the last one left. A camera enters one
 * process only; viewers that sit on another get it through a pipe between the two.
 */
export class CameraProducers {
  readonly #deps: CameraProducersDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #heard = new WeakSet<MediaWorker>();

  constructor(deps: CameraProducersDeps) {
    this.#deps = deps;
  }

  /** @throws {AppError} `LIVE_CAMERA_NOT_HERE` */
  requireHub(cameraId: string): ReadableHub {
    const hub = this.#deps.source.hub(cameraId);
    if (!hub) throw streamingErrors.LIVE_CAMERA_NOT_HERE({ cameraId });
    return hub;
  }

  /**
   * @param mayTranscode false when the viewer would rather have H.265 as it is, over the fallback
   * @throws {AppError} `LIVE_CAMERA_NOT_HERE`, `LIVE_CODEC_NOT_RELAYED`, `LIVE_TRANSCODING_BUSY`
   */
  async acquire(worker: MediaWorker, cameraId: string, mayTranscode: boolean): Promise<ProducerLease> {
    const entry = this.#entries.get(cameraId) ?? this.#open(worker, cameraId, mayTranscode);
    const outlet = entry.outlets.get(worker) ?? this.#pipe(entry, worker);
    outlet.users++;
    outlet.idleTimer?.cancel();
    outlet.idleTimer = undefined;
    let unwantMain: (() => void) | undefined;
    let isReleased = false;
    let isWatching = false;
    const wake = (): void => {
      if (isWatching || isReleased) return;
      isWatching = true;
      entry.watching++;
      entry.restTimer?.cancel();
      entry.restTimer = undefined;
      entry.camera.wake();
    };
    const rest = (): void => {
      if (!isWatching) return;
      isWatching = false;
      entry.watching--;
      if (entry.watching === 0)
        entry.restTimer = this.#deps.clock.setTimeout(() => entry.camera.rest(), this.#deps.idleMs);
    };
    wake();
    const prefer = (kind: StreamKind): void => {
      if (kind === 'main' && !isReleased) unwantMain ??= entry.camera.wantMain();
      else {
        unwantMain?.();
        unwantMain = undefined;
      }
    };
    const isAlone = (): boolean => isWatching && entry.watching === 1;
    const catchUp = (): void => {
      if (isAlone()) entry.camera.catchUp(unwantMain ? 'main' : 'sub', isAlone);
    };
    const release = (): void => {
      if (isReleased) return;
      rest();
      isReleased = true;
      prefer('sub');
      outlet.users--;
      if (outlet.users === 0) this.#closeLater(cameraId, entry, worker, outlet);
    };
    try {
      const producer = await outlet.producer;
      const { camera } = entry;
      const leastBitsPerSecond = (): number | undefined => camera.leastBitsPerSecond;
      return { producer, hasLayers: camera.hasLayers, leastBitsPerSecond, prefer, catchUp, rest, wake, release };
    } catch (error) {
      release();
      if (this.#entries.get(cameraId) === entry) this.#close(cameraId, entry);
      throw error;
    }
  }

  /** A camera was removed or its address changed: its tiles end, and are watched anew by the page. */
  drop(cameraId: string): void {
    const entry = this.#entries.get(cameraId);
    if (entry) this.#close(cameraId, entry);
  }

  /** The relay process died: what entered there is gone, also for viewers that sit on others. */
  forget(worker: MediaWorker): void {
    for (const [cameraId, entry] of this.#entries) {
      if (entry.camera.worker === worker) this.#close(cameraId, entry);
      else this.#closeOutlet(entry, worker);
    }
  }

  /** How many processes have each camera, pipes included: for figures and tests. */
  get spread(): ReadonlyMap<string, number> {
    return new Map([...this.#entries].map(([cameraId, { outlets }]) => [cameraId, outlets.size]));
  }

  #open(worker: MediaWorker, cameraId: string, mayTranscode: boolean): Entry {
    const { clock, idleMs } = this.#deps;
    const { layers, transcoded } = this.#layersOf(cameraId, mayTranscode);
    this.#hear(worker);
    const camera: RelayedCamera = new RelayedCamera({
      ...{ cameraId, worker, layers, clock, lingerMs: idleMs },
      onOtherCodec: () => {
        const entry = this.#entries.get(cameraId);
        if (entry?.camera === camera) this.#close(cameraId, entry);
      },
    });
    transcoded?.onEnded(() => this.drop(cameraId));
    const outlet: Outlet = { producer: camera.producer, users: 0, idleTimer: undefined };
    const entry: Entry = {
      camera,
      transcoded,
      outlets: new Map([[worker, outlet]]),
      askedMs: Number.NEGATIVE_INFINITY,
      watching: 0,
      restTimer: undefined,
    };
    this.#entries.set(cameraId, entry);
    return entry;
  }

  #layersOf(
    cameraId: string,
    mayTranscode: boolean,
  ): { readonly layers: readonly Layer[]; readonly transcoded?: TranscodedStream } {
    const { source, transcoder } = this.#deps;
    const shown = this.requireHub(cameraId);
    const main = source.stream(cameraId, 'main');
    const sub = source.stream(cameraId, 'sub');
    if (main?.codecString?.startsWith('avc1') && sub?.codecString?.startsWith('avc1')) {
      return {
        layers: [
          { kind: 'sub', hub: sub },
          { kind: 'main', hub: main },
        ],
      };
    }
    if (!shown.codecString?.startsWith('hvc1')) return { layers: [{ kind: 'main', hub: shown }] };
    if (!mayTranscode) throw streamingErrors.LIVE_CODEC_NOT_RELAYED({ cameraId });
    // The sub-stream costs a fraction, and is what most tiles would show anyway.
    const transcoded = transcoder.open(cameraId, sub?.codecString ? sub : shown);
    return { layers: [{ kind: 'main', hub: transcoded.hub }], transcoded };
  }

  #pipe(entry: Entry, worker: MediaWorker): Outlet {
    const { camera } = entry;
    const piped = async (): Promise<types.Producer> => {
      const { id } = await camera.producer;
      const { pipeProducer } = await camera.worker.router.pipeToRouter({ producerId: id, router: worker.router });
      if (!pipeProducer) throw streamingErrors.WEBRTC_WORKER_DIED();
      return pipeProducer;
    };
    const outlet: Outlet = { producer: piped(), users: 0, idleTimer: undefined };
    entry.outlets.set(worker, outlet);
    return outlet;
  }

  #closeLater(cameraId: string, entry: Entry, worker: MediaWorker, outlet: Outlet): void {
    outlet.idleTimer = this.#deps.clock.setTimeout(() => {
      const isLast = [...entry.outlets.values()].every(({ users }) => users === 0);
      if (isLast && this.#entries.get(cameraId) === entry) this.#close(cameraId, entry);
      // Where a camera entered it stays while others get it from there.
      else if (entry.camera.worker !== worker) this.#closeOutlet(entry, worker);
    }, this.#deps.idleMs);
  }

  #closeOutlet(entry: Entry, worker: MediaWorker): void {
    const outlet = entry.outlets.get(worker);
    if (!outlet) return;
    entry.outlets.delete(worker);
    outlet.idleTimer?.cancel();
    outlet.producer.then((producer) => producer.close()).catch(() => undefined);
  }

  #close(cameraId: string, entry: Entry): void {
    this.#entries.delete(cameraId);
    entry.restTimer?.cancel();
    for (const worker of [...entry.outlets.keys()]) this.#closeOutlet(entry, worker);
    entry.camera.close();
    entry.transcoded?.release();
  }

  /** A browser that lost a picture, or a tile that was just opened, asks for a key frame. */
  #hear(worker: MediaWorker): void {
    if (this.#heard.has(worker)) return;
    this.#heard.add(worker);
    worker.intake.on('rtcp', (packet) => {
      for (const ssrc of keyFrameRequests(packet)) this.#askKeyFrame(ssrc);
    });
  }

  #askKeyFrame(ssrc: number): void {
    for (const [cameraId, entry] of this.#entries) {
      if (!entry.camera.owns(ssrc)) continue;
      const nowMs = this.#deps.clock.monotonicMs();
      if (nowMs - entry.askedMs < ASK_EVERY_MS) return;
      entry.askedMs = nowMs;
      this.#deps.source.askKeyFrame(cameraId);
    }
  }
}

import { randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import type { ReadableHub, StreamReader } from '#ingest/hub/readable-hub.ts';
import type { AccessUnit, StreamKind } from '#ingest/media.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { MediaWorker } from './media-workers.ts';
import { PLAYOUT_DELAY } from './playout-delay.ts';
import { PAYLOAD_TYPE, RelayReader } from './relay-reader.ts';

/** A sub-stream that gave nothing for this long is taken as away: the main one is shown meanwhile. */
const SUB_SILENT_MS = 3000;
const CHECK_MS = 1000;
/** Decoding more costs a wall of tiles more time than most cameras let pass until their next key frame. */
const CATCH_UP_SOON_UNITS = 30;
/** A camera that gave no key frame within this time gives them rarely: then more is caught up on. */
const CATCH_UP_LATE_MS = 1000;
/** Still more would be a burst that a line drops, and seconds of decoding. */
const CATCH_UP_UNITS = 250;
const CATCH_UP_BYTES = 1_000_000;

/** One stream of a camera in the relay; the smaller comes first. */
export interface Layer {
  readonly kind: StreamKind;
  readonly hub: ReadableHub;
}

export interface RelayedCameraDeps {
  readonly cameraId: string;
  readonly worker: MediaWorker;
  /** One, or sub and main. */
  readonly layers: readonly Layer[];
  readonly clock: Clock;
  /** How long the main stream still comes after the last tile that wanted it. */
  readonly lingerMs: number;
  readonly onOtherCodec: () => void;
}

interface OpenLayer extends Layer {
  readonly ssrc: number;
  /** Kept while the layer rests: its sequence numbers and time stamps go on. */
  reader: RelayReader | undefined;
  /** Undefined while it rests. */
  detach: (() => void) | undefined;
}

/**
 * One camera in one relay process: a producer with a layer for each stream. The relay itself changes a tile over from one
 * to the other, at a key frame and within the same RTP stream, so that nothing turns black. The main stream is fed only
 * while some tile wants it, or while the sub-stream is away.
 */
export class RelayedCamera {
  readonly worker: MediaWorker;
  readonly producer: Promise<types.Producer>;
  readonly #deps: RelayedCameraDeps;
  readonly #layers: readonly OpenLayer[];
  /** Opened, or woken. */
  #fedSinceMs: number;
  #isResting = false;
  #ready: types.Producer | undefined;
  #wantMain = 0;
  #mainUntilMs = Number.NEGATIVE_INFINITY;
  #check: { cancel(): void } | undefined;
  readonly #late = new Set<{ cancel(): void }>();
  #isClosed = false;

  constructor(deps: RelayedCameraDeps) {
    const { worker, layers, clock, cameraId } = deps;
    this.#deps = deps;
    this.worker = worker;
    this.#fedSinceMs = clock.monotonicMs();
    this.#layers = layers.map((layer) => ({
      ...layer,
      ssrc: randomInt(1, 2 ** 32 - 1),
      reader: undefined,
      detach: undefined,
    }));
    this.producer = worker.intake.produce({
      kind: 'video',
      rtpParameters: {
        mid: `${this.#layers[0]?.ssrc}`,
        codecs: [
          {
            mimeType: 'video/H264',
            payloadType: PAYLOAD_TYPE,
            clockRate: 90_000,
            parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
          },
        ],
        headerExtensions: [PLAYOUT_DELAY],
        encodings: this.#layers.map(({ ssrc }) => ({ ssrc })),
        rtcp: { cname: cameraId },
      },
    });
    this.producer.then(
      (producer) => this.#begin(producer),
      // Whoever waits for the producer is told of it.
      () => undefined,
    );
  }

  get hasLayers(): boolean {
    return this.#layers.length > 1;
  }

  /** Of the smallest stream that is sent; undefined while that is not known. */
  get leastBitsPerSecond(): number | undefined {
    return this.#layers.find(({ detach }) => detach)?.reader?.bitsPerSecond;
  }

  owns(ssrc: number): boolean {
    return this.#layers.some((layer) => layer.ssrc === ssrc);
  }

  /** Nobody looks: nothing is read, and the relay keeps the camera. Idempotent. */
  rest(): void {
    this.#isResting = true;
    this.#feed();
  }

  /** Goes on at the next key frame, or with what {@link catchUp} sends. Idempotent. */
  wake(): void {
    if (!this.#isResting) return;
    this.#isResting = false;
    this.#fedSinceMs = this.#deps.clock.monotonicMs();
    this.#feed();
  }

  /** @returns a function to call once, when the main stream is not wanted any more */
  wantMain(): () => void {
    this.#wantMain++;
    this.#feed();
    return () => {
      this.#wantMain--;
      // A tile that goes back to the sub-stream changes over at its next key frame only.
      this.#mainUntilMs = this.#deps.clock.monotonicMs() + this.#deps.lingerMs;
    };
  }

  /**
   * Sends what the hub remembers since the last key frame of this stream, for a viewer who just came and is the only one: at
   * once when that is little, else when the next key frame does not come soon. Does nothing while the stream rests.
   *
   * @param kind where there are two streams
   * @param isWanted asked before anything is sent
   */
  catchUp(kind: StreamKind, isWanted: () => boolean): void {
    const layer = this.hasLayers ? this.#layers.find((one) => one.kind === kind) : this.#layers[0];
    if (!layer?.detach) return;
    this.#recall(layer, (units) => {
      if (!isWanted() || !layer.reader) return;
      if (units.length <= CATCH_UP_SOON_UNITS) return layer.reader.catchUp(units);
      const { keyFrames } = layer.reader;
      const timer = this.#deps.clock.setTimeout(() => {
        this.#late.delete(timer);
        if (layer.reader?.keyFrames !== keyFrames || !isWanted()) return;
        this.#recall(layer, (all) => layer.reader?.catchUp(all));
      }, CATCH_UP_LATE_MS);
      this.#late.add(timer);
    });
  }

  /** @param use is given the open group of pictures, once; not when it is too much, or the stream rests meanwhile */
  #recall(layer: OpenLayer, use: (units: readonly AccessUnit[]) => void): void {
    const units: AccessUnit[] = [];
    let isBegun = false;
    let detach: (() => void) | undefined;
    const onBegun = (): void => {
      isBegun = true;
      detach?.();
      const sizeBytes = units.reduce((sum, unit) => sum + unit.sizeBytes, 0);
      const isSmall = units.length <= CATCH_UP_UNITS && sizeBytes <= CATCH_UP_BYTES;
      if (isSmall && layer.detach && !this.#isClosed) use(units);
    };
    const reader: StreamReader = {
      name: 'webrtc-catch-up',
      onAccessUnit: (unit) => {
        if (!isBegun) units.push(unit);
      },
    };
    detach = layer.hub.attach(reader, { beginWith: 'gop', onBegun });
    if (isBegun) detach();
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#check?.cancel();
    for (const timer of this.#late) timer.cancel();
    for (const layer of this.#layers) this.#stop(layer);
    this.producer.then((producer) => producer.close()).catch(() => undefined);
  }

  #begin(producer: types.Producer): void {
    if (this.#isClosed) return;
    this.#ready = producer;
    this.#feed();
    if (this.hasLayers) this.#checkLater();
  }

  #checkLater(): void {
    this.#check = this.#deps.clock.setTimeout(() => {
      this.#feed();
      this.#checkLater();
    }, CHECK_MS);
  }

  #feed(): void {
    if (!this.#ready || this.#isClosed) return;
    for (const layer of this.#layers) {
      const isWanted = !this.hasLayers || layer.kind === 'sub' || this.#isMainNeeded();
      if (isWanted && !this.#isResting) this.#start(layer, this.#ready);
      else this.#stop(layer);
    }
  }

  #isMainNeeded(): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#wantMain > 0 || nowMs < this.#mainUntilMs) return true;
    const sub = this.#layers.find(({ kind }) => kind === 'sub');
    return nowMs - Math.max(sub?.reader?.lastPictureMs ?? 0, this.#fedSinceMs) > SUB_SILENT_MS;
  }

  #start(layer: OpenLayer, producer: types.Producer): void {
    if (layer.detach) return;
    const { cameraId, worker, clock, onOtherCodec } = this.#deps;
    const { intake, channel } = worker;
    layer.reader ??= new RelayReader({ producer, intake, channel, ssrc: layer.ssrc, cameraId, clock, onOtherCodec });
    layer.detach = layer.hub.attach(layer.reader);
  }

  #stop(layer: OpenLayer): void {
    layer.detach?.();
    layer.detach = undefined;
    layer.reader?.onDiscontinuity();
  }
}

import { randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import type { ReadableHub, StreamReader } from '#ingest/hub/readable-hub.ts';
import type { AccessUnit } from '#ingest/media.ts';
import { H264Packetizer } from '#ingest/rtp/h264-packetizer.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { streamingErrors } from '../errors.ts';
import type { LiveSource } from '../live-source.ts';
import type { MediaWorker } from './media-workers.ts';
import { RtpTimeline } from './rtp-timeline.ts';

const PAYLOAD_TYPE = 102;
/** Small enough for every path that WebRTC meets (1,200 bytes is what browsers use). */
const MAX_PAYLOAD_BYTES = 1150;

export interface ProducerLease {
  readonly producer: types.Producer;
  /** Idempotent. */
  release(): void;
}

interface Entry {
  readonly producer: Promise<types.Producer>;
  detach: () => void;
  users: number;
  idleTimer: { cancel(): void } | undefined;
}

/** Cameras in the relay: put in by their first viewer, taken out a while after the last one left. */
export class CameraProducers {
  readonly #source: LiveSource;
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #entries = new Map<MediaWorker, Map<string, Entry>>();

  constructor(deps: { readonly source: LiveSource; readonly clock: Clock; readonly idleMs: number }) {
    this.#source = deps.source;
    this.#clock = deps.clock;
    this.#idleMs = deps.idleMs;
  }

  /** @throws {AppError} `LIVE_CAMERA_NOT_HERE` */
  requireHub(cameraId: string): ReadableHub {
    const hub = this.#source.hub(cameraId);
    if (!hub) throw streamingErrors.LIVE_CAMERA_NOT_HERE({ cameraId });
    return hub;
  }

  /**
   * @throws {AppError} `LIVE_CAMERA_NOT_HERE`, `LIVE_CODEC_NOT_RELAYED`
   */
  async acquire(worker: MediaWorker, cameraId: string): Promise<ProducerLease> {
    const hub = this.requireHub(cameraId);
    if (hub.codecString?.startsWith('hvc1')) throw streamingErrors.LIVE_CODEC_NOT_RELAYED({ cameraId });
    const ofWorker = this.#entries.get(worker) ?? new Map<string, Entry>();
    this.#entries.set(worker, ofWorker);
    const entry = ofWorker.get(cameraId) ?? this.#open(worker, ofWorker, cameraId, hub);
    entry.users++;
    entry.idleTimer?.cancel();
    entry.idleTimer = undefined;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      entry.users--;
      if (entry.users > 0) return;
      entry.idleTimer = this.#clock.setTimeout(() => this.#close(worker, cameraId, entry), this.#idleMs);
    };
    try {
      return { producer: await entry.producer, release };
    } catch (error) {
      this.#close(worker, cameraId, entry);
      throw error;
    }
  }

  /** A camera was removed or its address changed: its tiles end, and are watched anew by the page. */
  drop(cameraId: string): void {
    for (const [worker, ofWorker] of this.#entries) {
      const entry = ofWorker.get(cameraId);
      if (entry) this.#close(worker, cameraId, entry);
    }
  }

  /** The relay process died: its producers are gone with it. */
  forget(worker: MediaWorker): void {
    for (const entry of this.#entries.get(worker)?.values() ?? []) {
      entry.detach();
      entry.idleTimer?.cancel();
    }
    this.#entries.delete(worker);
  }

  #open(worker: MediaWorker, ofWorker: Map<string, Entry>, cameraId: string, hub: ReadableHub): Entry {
    const ssrc = randomInt(1, 2 ** 32 - 1);
    const producer = worker.intake.produce({
      kind: 'video',
      rtpParameters: {
        mid: `${ssrc}`,
        codecs: [
          {
            mimeType: 'video/H264',
            payloadType: PAYLOAD_TYPE,
            clockRate: 90_000,
            parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
          },
        ],
        encodings: [{ ssrc }],
        rtcp: { cname: cameraId },
      },
    });
    const entry: Entry = { producer, detach: () => undefined, users: 0, idleTimer: undefined };
    ofWorker.set(cameraId, entry);
    producer
      .then((ready) => {
        if (ofWorker.get(cameraId) !== entry) return;
        const onOtherCodec = (): void => this.#close(worker, cameraId, entry);
        entry.detach = hub.attach(new RelayReader(ready, ssrc, onOtherCodec));
      })
      // The caller of acquire() is told of it.
      .catch(() => undefined);
    return entry;
  }

  #close(worker: MediaWorker, cameraId: string, entry: Entry): void {
    const ofWorker = this.#entries.get(worker);
    if (ofWorker?.get(cameraId) === entry) ofWorker.delete(cameraId);
    entry.detach();
    entry.idleTimer?.cancel();
    entry.producer.then((producer) => producer.close()).catch(() => undefined);
  }
}

/** Turns the hub's access units into RTP for the relay. Waits for a key frame first. */
class RelayReader implements StreamReader {
  readonly name = 'webrtc-relay';
  readonly #producer: types.Producer;
  readonly #packetizer: H264Packetizer;
  readonly #timeline = new RtpTimeline();
  readonly #onOtherCodec: () => void;
  #hasKeyFrame = false;

  /** @param onOtherCodec the camera sends what the relay cannot carry: its tiles end, and ask again */
  constructor(producer: types.Producer, ssrc: number, onOtherCodec: () => void) {
    this.#producer = producer;
    this.#onOtherCodec = onOtherCodec;
    this.#packetizer = new H264Packetizer({
      ssrc,
      payloadType: PAYLOAD_TYPE,
      firstSequenceNumber: randomInt(2 ** 16),
      maxPayloadSizeBytes: MAX_PAYLOAD_BYTES,
    });
  }

  onAccessUnit(unit: AccessUnit): void {
    if (unit.format.codec !== 'h264') return this.#onOtherCodec();
    this.#hasKeyFrame ||= unit.isKeyFrame;
    if (!this.#hasKeyFrame || this.#producer.closed) return;
    const timestamp = this.#timeline.map(unit.pts90k, unit.arrivedMs);
    for (const packet of this.#packetizer.packetize(unit, timestamp)) this.#producer.send(packet);
  }

  onDiscontinuity(): void {
    this.#hasKeyFrame = false;
  }
}

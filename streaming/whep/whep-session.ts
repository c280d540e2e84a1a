import { randomBytes, randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import type { Clock } from '#infra/runtime/clock.ts';
import { streamingErrors } from '../errors.ts';
import type { CameraProducers, ProducerLease } from '../webrtc/camera-producers.ts';
import type { MediaWorker, MediaWorkers } from '../webrtc/media-workers.ts';
import { ANSWERED_FEEDBACK, chooseVideo, type ChosenVideo, writeSdpAnswer } from './sdp-answer.ts';
import { parseSdpOffer } from './sdp-offer.ts';

/** Who has not connected by then does not come. */
const CONNECT_WITHIN_MS = 30_000;

export interface WhepSessionDeps {
  readonly workers: MediaWorkers;
  readonly producers: CameraProducers;
  readonly clock: Clock;
  readonly cameraId: string;
  /** The player left, or the camera or the relay did; called once. */
  onEnded(): void;
}

/**
 * One player that is not our page: an offer is answered once, then pictures flow until somebody ends it. A router of its own
 * speaks the payload types of its offer (RFC 9429 gives them to whoever receives); the camera comes there by a pipe.
 *
 * @see draft-ietf-wish-whep
 */
export class WhepSession {
  readonly id = randomBytes(18).toString('base64url');
  readonly #deps: WhepSessionDeps;
  readonly #worker: MediaWorker;
  readonly #stopListening: () => void;
  #router: types.Router | undefined;
  #lease: ProducerLease | undefined;
  #timer: { cancel(): void } | undefined;
  #isClosed = false;

  /** @throws {AppError} `WEBRTC_WORKER_DIED` when no relay worker is up */
  constructor(deps: WhepSessionDeps) {
    this.#deps = deps;
    this.#worker = deps.workers.pick();
    this.#stopListening = deps.workers.onLost((lost) => {
      if (lost === this.#worker) this.close();
    });
  }

  /**
   * @param offerText SDP
   * @returns the answer, SDP
   * @throws {AppError} `WHEP_OFFER_INVALID`, `WHEP_NO_H264`, and what `CameraProducers.acquire` throws
   */
  async answer(offerText: string): Promise<string> {
    const { producers, cameraId, clock } = this.#deps;
    const offer = parseSdpOffer(offerText);
    const video = chooseVideo(offer);
    if (!video) throw streamingErrors.WHEP_NO_H264();
    this.#lease = await producers.acquire(this.#worker, cameraId, true);
    this.#lease.prefer('main');
    const codec = codecOf(video);
    const router = await this.#worker.createRouter([codec]);
    this.#router = router;
    const { pipeProducer } = await this.#worker.router.pipeToRouter({
      producerId: this.#lease.producer.id,
      router,
      // Within one process two producers cannot have the same.
      keepId: false,
    });
    if (!pipeProducer) throw streamingErrors.WEBRTC_WORKER_DIED();
    const transport = await router.createWebRtcTransport({
      webRtcServer: this.#worker.webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
    });
    await transport.connect({
      dtlsParameters: {
        role: offer.setup === 'passive' ? 'server' : 'client',
        fingerprints: [offer.fingerprint],
      },
    });
    const consumer = await transport.consume({
      producerId: pipeProducer.id,
      rtpCapabilities: { codecs: [{ ...codec, preferredPayloadType: video.format.payloadType }], headerExtensions: [] },
    });
    // The relay died meanwhile, or the server stops.
    if (this.#isClosed) throw streamingErrors.WEBRTC_WORKER_DIED();
    if (consumer.type === 'simulcast') await consumer.setPreferredLayers({ spatialLayer: 1 });
    consumer.once('producerclose', () => this.close());
    transport.on('icestatechange', (state) => {
      if (state === 'disconnected' || state === 'closed') this.close();
    });
    transport.on('dtlsstatechange', (state) => {
      if (state === 'connected') this.#timer?.cancel();
      if (state === 'failed' || state === 'closed') this.close();
    });
    this.#timer = clock.setTimeout(() => this.close(), CONNECT_WITHIN_MS);
    return writeSdpAnswer({
      ...{ offer, video, transport },
      ssrc: consumer.rtpParameters.encodings?.[0]?.ssrc ?? 0,
      cname: consumer.rtpParameters.rtcp?.cname ?? cameraId,
      sessionId: randomInt(1, 2 ** 47),
    });
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopListening();
    this.#timer?.cancel();
    this.#router?.close();
    this.#lease?.release();
    this.#deps.onEnded();
  }
}

function codecOf({ format }: ChosenVideo): types.RouterRtpCodecCapability {
  return {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    preferredPayloadType: format.payloadType,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
    rtcpFeedback: format.feedback
      .filter((kind) => ANSWERED_FEEDBACK.has(kind))
      .map((kind) => {
        const [type = '', parameter] = kind.split(' ');
        return parameter ? { type, parameter } : { type };
      }),
  };
}

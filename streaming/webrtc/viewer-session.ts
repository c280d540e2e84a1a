import type { types } from 'mediasoup';
import type { StreamKind } from '#ingest/media.ts';
import { AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { StreamingConfig } from '../config.ts';
import { streamingErrors } from '../errors.ts';
import { BandwidthFloor } from './bandwidth-floor.ts';
import type { CameraProducers, ProducerLease } from './camera-producers.ts';
import type { MediaWorker, MediaWorkers } from './media-workers.ts';

export interface ViewerSessionDeps {
  readonly workers: MediaWorkers;
  readonly producers: CameraProducers;
  readonly config: StreamingConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Sends one JSON message to the browser. */
  send(message: unknown): void;
  /** Asked before each tile: throws when this viewer may not see the camera; writes the look to the audit log. */
  authorizeWatch(cameraId: string): Promise<void>;
}

/** Requests of one browser that wait for their turn; a wall of 64 tiles that is changed at once sends 130. */
const MAX_WAITING = 1000;

interface Tile {
  readonly consumer: types.Consumer;
  readonly lease: ProducerLease;
}

/** One browser: one WebRTC transport for its life, a consumer per tile, so that switching a tile costs no ICE and no DTLS. */
export class ViewerSession {
  readonly #deps: ViewerSessionDeps;
  readonly #tiles = new Map<string, Tile>();
  readonly #worker: MediaWorker;
  readonly #stopListening: () => void;
  #transport: types.WebRtcTransport | undefined;
  #floor: BandwidthFloor | undefined;
  #isClosed = false;
  /** Requests of one tile are handled in turn: one that is watched and left at once must end left. Tiles do not wait for each other. */
  readonly #queues = new Map<string, Promise<void>>();
  /** Tiles that are about to be watched for the first time. */
  readonly #opening = new Set<string>();
  #waiting = 0;

  /** @throws {AppError} `WEBRTC_WORKER_DIED` when no relay worker is up */
  constructor(deps: ViewerSessionDeps) {
    this.#deps = deps;
    this.#worker = deps.workers.pick();
    this.#stopListening = deps.workers.onLost((lost) => {
      if (lost !== this.#worker) return;
      deps.send({ type: 'server.restarting' });
      this.close();
    });
  }

  /** Takes one message of the browser, as text; answers through `send`. Never throws. */
  receive(text: string): void {
    if (this.#waiting >= MAX_WAITING) {
      // No page asks that fast: it gets no answer that it could wait for.
      this.#deps.log.debug('live requests came too fast; one was left out');
      return;
    }
    this.#waiting++;
    const request = parseRequest(text);
    const queue = request?.tileId ?? '';
    const done = (this.#queues.get(queue) ?? Promise.resolve())
      .then(() => this.#handle(request))
      .finally(() => {
        this.#waiting--;
        if (this.#queues.get(queue) === done) this.#queues.delete(queue);
      });
    this.#queues.set(queue, done);
  }

  async #handle(request: ParsedRequest | undefined): Promise<void> {
    try {
      if (!request) throw streamingErrors.LIVE_REQUEST_INVALID();
      const answer = await this.#answer(request);
      this.#deps.send({ id: request.id, ok: true, ...answer });
    } catch (thrown) {
      const error = thrown instanceof AppError ? thrown : streamingErrors.LIVE_REQUEST_INVALID({}, thrown);
      if (error.code === 'LIVE_REQUEST_INVALID')
        this.#deps.log.debug({ err: toAppError(thrown) }, 'live request refused');
      const id = request?.id ?? -1;
      this.#deps.send({ id, ok: false, code: error.code, titleEn: error.text.en, titleZh: error.text.zh });
    }
  }

  async #answer(request: ParsedRequest): Promise<Record<string, unknown>> {
    if (this.#isClosed) throw streamingErrors.WEBRTC_WORKER_DIED();
    switch (request.type) {
      case 'open':
        return await this.#open();
      case 'connect':
        await this.#requireTransport().connect({
          dtlsParameters: request.body['dtlsParameters'] as types.DtlsParameters,
        });
        return {};
      case 'watch':
        return await this.#watchWithin(requireTile(request), requireText(request.body, 'cameraId'), request.body);
      case 'resume':
        await this.#resume(requireTile(request));
        return {};
      case 'pause':
        await this.#pause(requireTile(request));
        return {};
      case 'prefer':
        await this.#prefer(requireTile(request), requireStream(request.body));
        return {};
      case 'unwatch':
        this.#unwatch(requireTile(request));
        return {};
      default:
        throw streamingErrors.LIVE_REQUEST_INVALID({ type: request.type });
    }
  }

  async #open(): Promise<Record<string, unknown>> {
    this.#floor?.close();
    this.#transport?.close();
    const transport = await this.#worker.router.createWebRtcTransport({
      webRtcServer: this.#worker.webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      initialAvailableOutgoingBitrate: 20_000_000,
    });
    this.#transport = transport;
    this.#floor = new BandwidthFloor(transport, this.#tiles, this.#deps.clock);
    return {
      routerRtpCapabilities: this.#worker.router.rtpCapabilities,
      transport: {
        id: transport.id,
        iceParameters: transport.iceParameters,
        iceCandidates: transport.iceCandidates,
        dtlsParameters: transport.dtlsParameters,
      },
    };
  }

  /** @throws {AppError} `LIVE_TOO_MANY_VIEWERS` */
  async #watchWithin(tileId: string, cameraId: string, body: ParsedRequest['body']): Promise<Record<string, unknown>> {
    const tiles = new Set([...this.#tiles.keys(), ...this.#opening, tileId]);
    if (tiles.size > this.#deps.config.tilesPerViewer) throw streamingErrors.LIVE_TOO_MANY_VIEWERS();
    this.#opening.add(tileId);
    try {
      return await this.#watch(tileId, cameraId, body);
    } finally {
      this.#opening.delete(tileId);
    }
  }

  async #watch(tileId: string, cameraId: string, body: ParsedRequest['body']): Promise<Record<string, unknown>> {
    const stream = requireStream(body);
    const transport = this.#requireTransport();
    this.#deps.producers.requireHub(cameraId);
    await this.#deps.authorizeWatch(cameraId);
    this.#unwatch(tileId);
    const lease = await this.#deps.producers.acquire(this.#worker, cameraId, body['mayTranscode'] === true);
    try {
      const consumer = await transport.consume({
        producerId: lease.producer.id,
        rtpCapabilities: body['rtpCapabilities'] as types.RtpCapabilities,
        paused: true,
        appData: { tileId, cameraId },
      });
      if (this.#isClosed) {
        consumer.close();
        throw streamingErrors.WEBRTC_WORKER_DIED();
      }
      consumer.once('producerclose', () => {
        if (this.#tiles.get(tileId)?.consumer !== consumer) return;
        this.#unwatch(tileId);
        this.#deps.send({ type: 'tile.ended', tileId, code: 'LIVE_CAMERA_NOT_HERE' });
      });
      this.#tiles.set(tileId, { consumer, lease });
      await this.#prefer(tileId, stream);
      return {
        consumer: {
          id: consumer.id,
          producerId: lease.producer.id,
          kind: consumer.kind,
          rtpParameters: consumer.rtpParameters,
        },
      };
    } catch (error) {
      lease.release();
      throw error;
    }
  }

  /** Where the bandwidth to this browser does not suffice for main streams, the relay stays with the sub-stream. */
  async #prefer(tileId: string, stream: StreamKind): Promise<void> {
    const tile = this.#tiles.get(tileId);
    if (!tile?.lease.hasLayers) return;
    tile.lease.prefer(stream);
    await tile.consumer.setPreferredLayers({ spatialLayer: stream === 'main' ? 1 : 0 });
  }

  async #resume(tileId: string): Promise<void> {
    const tile = this.#tiles.get(tileId);
    if (!tile?.consumer.paused) return;
    tile.lease.wake();
    await tile.consumer.resume();
    this.#onceConnected(() => {
      if (this.#tiles.get(tileId) === tile && !tile.consumer.paused) tile.lease.catchUp();
    });
  }

  /** The relay drops what it is given for a browser whose handshake is still under way, as it is while the first tiles open. */
  #onceConnected(use: () => void): void {
    const transport = this.#requireTransport();
    if (transport.dtlsState === 'connected') return use();
    const onState = (state: types.DtlsState): void => {
      if (state !== 'connected') return;
      transport.off('dtlsstatechange', onState);
      use();
    };
    transport.on('dtlsstatechange', onState);
  }

  async #pause(tileId: string): Promise<void> {
    const tile = this.#tiles.get(tileId);
    await tile?.consumer.pause();
    tile?.lease.rest();
  }

  #unwatch(tileId: string): void {
    const tile = this.#tiles.get(tileId);
    if (!tile) return;
    this.#tiles.delete(tileId);
    tile.consumer.close();
    tile.lease.release();
  }

  #requireTransport(): types.WebRtcTransport {
    if (!this.#transport) throw streamingErrors.LIVE_REQUEST_INVALID({ reason: 'open first' });
    return this.#transport;
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopListening();
    this.#floor?.close();
    for (const tileId of this.#tiles.keys()) this.#unwatch(tileId);
    this.#transport?.close();
  }
}

interface ParsedRequest {
  readonly id: number;
  readonly type: string;
  readonly tileId: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** @returns undefined for what is no request at all */
function parseRequest(text: string): ParsedRequest | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  const record = body as Record<string, unknown>;
  const { id, type, tileId } = record as { id?: unknown; type?: unknown; tileId?: unknown };
  if (typeof id !== 'number' || typeof type !== 'string') return undefined;
  const isTile = typeof tileId === 'string' && tileId.length > 0 && tileId.length <= 100;
  return { id, type, tileId: isTile ? tileId : undefined, body: record };
}

function requireTile({ tileId }: ParsedRequest): string {
  if (tileId === undefined) throw streamingErrors.LIVE_REQUEST_INVALID({ field: 'tileId' });
  return tileId;
}

function requireText(body: Readonly<Record<string, unknown>>, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value.length === 0 || value.length > 100)
    throw streamingErrors.LIVE_REQUEST_INVALID({ field: key });
  return value;
}

function requireStream(body: Readonly<Record<string, unknown>>): StreamKind {
  const { stream } = body as { stream?: unknown };
  if (stream !== 'main' && stream !== 'sub') throw streamingErrors.LIVE_REQUEST_INVALID({ field: 'stream' });
  return stream;
}

import { availableParallelism } from 'node:os';
import type { createWorker as CreateWorker, types } from 'mediasoup';
import type { AppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { Supervisor } from '#infra/runtime/supervisor.ts';
import type { StreamingConfig } from '../config.ts';
import { streamingErrors } from '../errors.ts';
import { createWorkerWithChannel, type WorkerChannel } from './worker-channel.ts';

/** What every camera is offered as: constrained baseline by name; Chromium decodes Main and High under it as well. */
export const H264_ROUTER_CODEC: types.RouterRtpCodecCapability = {
  kind: 'video',
  mimeType: 'video/H264',
  clockRate: 90_000,
  parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  rtcpFeedback: [
    { type: 'nack' },
    { type: 'nack', parameter: 'pli' },
    { type: 'ccm', parameter: 'fir' },
    { type: 'goog-remb' },
    { type: 'transport-cc' },
  ],
};

/** One relay process: its router, the server socket browsers connect to, and the transport that cameras come in by. */
export interface MediaWorker {
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
  readonly intake: types.DirectTransport;
  /** Undefined where mediasoup does not let us find it. */
  readonly channel: WorkerChannel | undefined;
  readonly pid: number;
  /** Another router in this process, for a player with payload types of its own. */
  createRouter(mediaCodecs: types.RouterRtpCodecCapability[]): Promise<types.Router>;
}

export interface MediaWorkersDeps {
  readonly config: StreamingConfig;
  /** Path of the mediasoup-worker program. */
  readonly workerBinary: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs the relay processes and starts one again when it dies; sessions on it are told by `onLost`. */
export class MediaWorkers {
  readonly #deps: MediaWorkersDeps;
  readonly #workers = new Map<number, MediaWorker>();
  readonly #lostListeners = new Set<(worker: MediaWorker) => void>();
  readonly #supervisors: Supervisor[] = [];
  #next = 0;
  #lastFailure: AppError | undefined;

  constructor(deps: MediaWorkersDeps) {
    this.#deps = deps;
  }

  /** Starts all workers; resolves when each is up or has failed once (it is then tried again in the background). */
  async start(): Promise<void> {
    // Read by mediasoup when it is first imported, so it is set before.
    process.env['MEDIASOUP_WORKER_BIN'] = this.#deps.workerBinary;
    const mediasoup = await import('mediasoup');
    const firstTries: Promise<void>[] = [];
    const { rtcWorkers } = this.#deps.config;
    const count = rtcWorkers === 0 ? availableParallelism() : rtcWorkers;
    for (let index = 0; index < count; index++) {
      firstTries.push(
        new Promise((resolve) => {
          this.#supervisors.push(
            new Supervisor((signal) => this.#runWorker(mediasoup, index, resolve, signal), {
              clock: this.#deps.clock,
              options: { initialMs: 200, maxMs: 10_000, jitter: 0.2, healthyAfterMs: 10_000 },
              hooks: {
                onRetry: (error, attempt, delayMs) => {
                  this.#lastFailure = error;
                  this.#deps.log.warn(
                    { worker: index, attempt, delayMs, err: error },
                    'relay worker ended; starting again',
                  );
                  resolve();
                },
              },
            }),
          );
        }),
      );
    }
    await Promise.all(firstTries);
  }

  async #runWorker(
    { createWorker }: { readonly createWorker: typeof CreateWorker },
    index: number,
    onUp: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { config, log } = this.#deps;
    const { worker, channel } = await createWorkerWithChannel(() => createWorker({ logLevel: 'warn' }));
    const died = new Promise<Error | undefined>((resolve) => {
      worker.once('died', resolve);
      worker.observer.once('close', () => resolve(undefined));
    });
    const stop = (): void => {
      channel?.flush();
      worker.close();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      // Closed while the program was starting.
      if (signal.aborted) return;
      const announced = config.rtcAnnouncedAddress ? { announcedAddress: config.rtcAnnouncedAddress } : {};
      const port = config.rtcPort === 0 ? {} : { port: config.rtcPort + index };
      const webRtcServer = await worker.createWebRtcServer({
        listenInfos: (['udp', 'tcp'] as const).map((protocol) => ({
          protocol,
          ip: config.rtcListenAddress,
          ...announced,
          ...port,
        })),
      });
      const router = await worker.createRouter({ mediaCodecs: [H264_ROUTER_CODEC] });
      const intake = await router.createDirectTransport();
      const media: MediaWorker = {
        ...{ router, webRtcServer, intake, channel, pid: worker.pid },
        createRouter: (mediaCodecs) => worker.createRouter({ mediaCodecs }),
      };
      this.#workers.set(index, media);
      log.info({ worker: index, pid: worker.pid }, 'relay worker up');
      if (!channel)
        log.warn({ worker: index }, 'the pipe to the relay worker was not found: each packet costs a system call');
      onUp();
      const error = await died;
      this.#workers.delete(index);
      for (const listener of this.#lostListeners) listener(media);
      if (!signal.aborted) throw streamingErrors.WEBRTC_WORKER_DIED({ worker: index }, error);
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  /**
   * The worker for the next viewer.
   * @throws {AppError} `WEBRTC_WORKER_DIED` while none is up
   */
  pick(): MediaWorker {
    const up = [...this.#workers.values()];
    const worker = up[this.#next++ % Math.max(1, up.length)];
    if (!worker) throw this.#lastFailure ?? streamingErrors.WEBRTC_WORKER_DIED();
    return worker;
  }

  get pids(): readonly number[] {
    return [...this.#workers.values()].map((worker) => worker.pid);
  }

  /** @returns a function that ends the subscription */
  onLost(listener: (worker: MediaWorker) => void): () => void {
    this.#lostListeners.add(listener);
    return () => this.#lostListeners.delete(listener);
  }

  async close(): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.close()));
  }
}

import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { ingestErrors } from '../errors.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';
import { type Clip, loadClip } from './clip.ts';
import type { AuthenticationScheme } from './credential-guard.ts';
import type { CameraFault, ScheduledFault } from './faults.ts';
import { PacingWheel } from './pacing-wheel.ts';
import { SimulatedCard, type SimulatedCardOptions } from './simulated-card.ts';
import { CARD_PATH, ViewerConnection } from './viewer-connection.ts';
import { type Epoch, SimulatedCamera } from './simulated-camera.ts';

export interface SimulatedCameraOptions {
  /** Begins with a slash, e.g. `/cam/1`. */
  readonly path: string;
  readonly clipFile: string;
  /** Where in the clip the camera stands when the simulator starts. */
  readonly phaseMs: number;
  readonly credentials?: Credentials | undefined;
  readonly faults?: readonly ScheduledFault[] | undefined;
  /** How far its clock is ahead of ours, in what it says of its pictures. @default 0 */
  readonly clockOffsetMs?: number | undefined;
  /** Left out: it has no card. What is on it is played back at the camera's path followed by {@link CARD_PATH}. */
  readonly card?: SimulatedCardOptions | undefined;
}

export interface CameraSimulatorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly bind?: string;
  readonly cameras: readonly SimulatedCameraOptions[];
  readonly log: Log;
  readonly clock?: Clock;
  /** What a camera with a password asks for. @default both */
  readonly authentication?: AuthenticationScheme;
  /** @default 60000 */
  readonly sessionTimeoutMs?: number;
  /** For clips that must be converted first. @default ffmpeg */
  readonly ffmpegPath?: string;
  /** For converted clips. */
  readonly cacheFolder?: string;
  /** 0..1; decides which packets and pictures a fault hits. */
  readonly random?: () => number;
}

/** These hit viewers that are there already; of the others only new ones can learn. */
const FAULTS_OF_PACKETS: ReadonlySet<CameraFault['kind']> = new Set(['stall', 'loss', 'reorder', 'corrupt', 'clock']);

/**
 * Many independent RTSP cameras that loop clips, in this process. Each viewer gets its own SSRC, sequence numbers and
 * time stamps; one timer paces all. A client too slow to take its pictures loses them up to the next key frame.
 */
export class CameraSimulator {
  readonly #options: CameraSimulatorOptions;
  readonly #clock: Clock;
  readonly #wheel: PacingWheel;
  readonly #cameras = new Map<string, SimulatedCamera>();
  readonly #connections = new Set<ViewerConnection>();
  #server: Server | undefined;
  #port = 0;

  constructor(options: CameraSimulatorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#wheel = new PacingWheel(this.#clock);
  }

  /**
   * Loads the clips and listens.
   * @throws {AppError} `CLIP_INVALID`, `DECODER_UNAVAILABLE`, `SIMULATOR_PORT_BUSY`
   */
  async start(): Promise<{ readonly port: number }> {
    const clips = await this.#loadClips();
    const epoch: Epoch = { wallMs: this.#clock.nowMs(), monotonicMs: this.#clock.monotonicMs() };
    for (const options of this.#options.cameras) {
      const { path, clipFile, phaseMs, credentials, faults, clockOffsetMs } = options;
      const clip = clips.get(clipFile);
      if (!clip) throw ingestErrors.CLIP_INVALID({ file: clipFile });
      const clock = this.#clock;
      const card = options.card && new SimulatedCard(options.card);
      const camera = new SimulatedCamera({
        ...{ path, clip, phaseMs, credentials, clockOffsetMs, card },
        faults: faults ?? [],
        epoch,
        clock,
      });
      this.#cameras.set(path, camera);
      for (const dueMs of camera.disconnectTimesMs) this.#wheel.schedule(dueMs, () => this.#disconnect(camera));
    }
    await this.#listen();
    this.#options.log.info({ port: this.#port, cameras: this.#cameras.size }, 'simulated cameras listen');
    return { port: this.#port };
  }

  /** Address of a camera, without credentials. */
  url(path: string): string {
    const bind = this.#options.bind ?? '127.0.0.1';
    const host = bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind;
    return `rtsp://${host.includes(':') ? `[${host}]` : host}:${this.#port}${path}`;
  }

  /** The card of a camera, to look at and to break; undefined when it has none. */
  card(path: string): SimulatedCard | undefined {
    return this.#camera(path).card;
  }

  /** Where its card is played back, without credentials. */
  cardUrl(path: string): string {
    return this.url(path + CARD_PATH);
  }

  /** Where in its clip, and so in its truth file, a camera is at this wall time (UTC epoch milliseconds). */
  clipPositionMs(path: string, wallMs: number): number {
    return this.#camera(path).clipPositionMs(wallMs);
  }

  /** Length of the clip that a camera loops. */
  clipDurationMs(path: string): number {
    return this.#camera(path).clip.duration90k / 90;
  }

  /** What its clip looks like. */
  video(path: string): {
    readonly codec: 'H264' | 'H265';
    readonly widthPx: number;
    readonly heightPx: number;
    readonly framesPerSecond: number;
    readonly bitrateKbps: number;
  } {
    const { format, pictures, duration90k } = this.#camera(path).clip;
    const sizeBytes = pictures.flatMap(({ nalUnits }) => nalUnits).reduce((sum, { length }) => sum + length, 0);
    const seconds = duration90k / 90_000;
    return {
      codec: format.codecString.startsWith('avc') ? 'H264' : 'H265',
      widthPx: format.widthPx,
      heightPx: format.heightPx,
      framesPerSecond: Math.round(pictures.length / seconds),
      bitrateKbps: Math.round((sizeBytes * 8) / seconds / 1000),
    };
  }

  /** Breaks a camera from now on, in place of what was planned for it; null mends it. */
  setFault(path: string, fault: CameraFault | null): void {
    const camera = this.#camera(path);
    camera.setFault(fault);
    if (fault && !FAULTS_OF_PACKETS.has(fault.kind)) this.#disconnect(camera);
  }

  /** How many clients are connected to a camera. */
  viewerCount(path: string): number {
    const camera = this.#camera(path);
    return [...this.#connections].filter((connection) => connection.camera === camera).length;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#wheel.close();
    const isClosed = server && new Promise((resolve) => server.close(resolve));
    for (const connection of this.#connections) connection.close();
    await isClosed;
  }

  async #loadClips(): Promise<ReadonlyMap<string, Clip>> {
    const clips = new Map<string, Clip>();
    const ffmpegPath = this.#options.ffmpegPath ?? 'ffmpeg';
    const cacheFolder = this.#options.cacheFolder ?? join(tmpdir(), 'vantage-clips');
    for (const { clipFile } of this.#options.cameras) {
      if (!clips.has(clipFile)) clips.set(clipFile, await loadClip(clipFile, { ffmpegPath, cacheFolder }));
    }
    return clips;
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => {
      const connection = new ViewerConnection(socket, {
        cameraAt: (path) => this.#cameras.get(path),
        wheel: this.#wheel,
        clock: this.#clock,
        random: this.#options.random ?? Math.random,
        authentication: this.#options.authentication ?? 'both',
        sessionTimeoutMs: this.#options.sessionTimeoutMs ?? 60_000,
      });
      this.#connections.add(connection);
      socket.on('close', () => this.#connections.delete(connection));
    });
    this.#server = server;
    const { port, bind } = this.#options;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(ingestErrors.SIMULATOR_PORT_BUSY({ port }, error)));
      server.listen(port, bind ?? '127.0.0.1', resolve);
    });
    const address = server.address();
    this.#port = typeof address === 'object' && address ? address.port : port;
  }

  #disconnect(camera: SimulatedCamera): void {
    for (const connection of this.#connections) if (connection.camera === camera) connection.close();
  }

  #camera(path: string): SimulatedCamera {
    const camera = this.#cameras.get(path);
    if (!camera) throw ingestErrors.RTSP_STREAM_NOT_FOUND({ path });
    return camera;
  }
}

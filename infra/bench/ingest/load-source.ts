import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Lateness } from './lateness.ts';
import { LoadCamera } from './load-camera.ts';
import { LOAD_GOP_FRAMES, type LoadClip } from './load-clip.ts';

export interface LoadCounts {
  /** When it was counted, on the monotonic clock of the source. */
  readonly atMs: number;
  readonly cameras: number;
  readonly framesSent: number;
  readonly framesLeftOut: number;
}

export interface LoadLateness {
  /** How late pictures left, against the time at which the camera should have sent them. */
  readonly lateP50Ms: number;
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
}

interface Playing {
  readonly camera: LoadCamera;
  /** Of its first picture, monotonic. */
  readonly startMs: number;
  next: number;
}

const TICK_MS = 1;
/** Spreads the phases of cameras that come one after the other evenly, however many there are. */
const GOLDEN_RATIO = 0.618_033_988_75;

/** Many cameras at one port; each connection plays the same film in a phase of its own, at its own pace. */
export class LoadSource {
  readonly #server: Server;
  readonly #periodMs: number;
  readonly #playing: Playing[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #lateness = new Lateness();
  #timer: NodeJS.Timeout | undefined;

  constructor(clip: LoadClip) {
    this.#periodMs = 1000 / clip.framesPerSecond;
    const shared = { ...clip, pictures: clip.pictures.map((picture) => ({ ...picture })) };
    this.#server = createServer((socket) => {
      const camera = new LoadCamera({ socket, clip: shared, onPlay: (one) => this.#play(one) });
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#forget(camera);
      });
    });
  }

  /** @returns the port, on loopback */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  get counts(): LoadCounts {
    const cameras = this.#playing.map(({ camera }) => camera);
    return {
      atMs: performance.now(),
      cameras: cameras.length,
      framesSent: cameras.reduce((sum, camera) => sum + camera.framesSent, 0),
      framesLeftOut: cameras.reduce((sum, camera) => sum + camera.framesLeftOut, 0),
    };
  }

  /** Since it was reset. */
  get lateness(): LoadLateness {
    return {
      lateP50Ms: this.#lateness.quantileMs(0.5),
      lateP99Ms: this.#lateness.quantileMs(0.99),
      lateMaxMs: this.#lateness.maxMs,
    };
  }

  /** Pictures sent over each connection that played, by the path it asked for; one after the other. */
  get sentByPath(): ReadonlyMap<string, readonly number[]> {
    const sent = new Map<string, number[]>();
    for (const { camera } of this.#playing)
      sent.set(camera.path, [...(sent.get(camera.path) ?? []), camera.framesSent]);
    return sent;
  }

  /** The measured time begins: what was late before does not count. */
  resetLateness(): void {
    this.#lateness.clear();
  }

  /** No more pictures; resolves when all that was sent has left this process. Connections stay open. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    while (!this.#playing.every(({ camera }) => camera.isDrained)) {
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
  }

  /** Ends all connections, whatever they still had to send. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const isClosed = new Promise((resolve) => {
      this.#server.close(resolve);
    });
    for (const socket of this.#sockets) socket.destroy();
    await isClosed;
  }

  #play(camera: LoadCamera): void {
    if (this.#playing.some((one) => one.camera === camera)) return;
    const phase = (this.#playing.length * GOLDEN_RATIO) % 1;
    // Key frames of independent cameras come at any time: the first one, too.
    const delayMs = phase * LOAD_GOP_FRAMES * this.#periodMs;
    this.#playing.push({ camera, startMs: performance.now() + delayMs, next: 0 });
    if (this.#playing.length === 1) this.#tickLater();
  }

  #forget(camera: LoadCamera): void {
    const at = this.#playing.findIndex((one) => one.camera === camera && one.camera.framesSent === 0);
    if (at >= 0) this.#playing.splice(at, 1);
  }

  #tickLater(): void {
    this.#timer = setTimeout(() => {
      this.#tick();
      this.#tickLater();
    }, TICK_MS);
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const one of this.#playing) {
      for (let dueMs = one.startMs + one.next * this.#periodMs; dueMs <= nowMs; dueMs += this.#periodMs) {
        one.next++;
        one.camera.sendPicture(nowMs);
        this.#lateness.add(nowMs - dueMs);
      }
    }
  }
}

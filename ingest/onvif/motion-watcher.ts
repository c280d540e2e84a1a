import type { Camera, CameraOnvif } from '../cameras/camera.ts';
import { EventWatcher, type EventWatcherOptions, type TimedNotification } from './event-watcher.ts';

export interface MotionWatcherDeps
  extends Pick<
    EventWatcherOptions,
    'timeoutMs' | 'verifyTls' | 'clock' | 'log' | 'turn' | 'holdOffMs' | 'retryInitialMs'
  > {
  readonly camera: Camera;
  /**
   * The camera noticed motion: called when it begins and every second while it lasts.
   * @param atMs UTC epoch milliseconds, when it was noticed
   */
  readonly onMotion: (atMs: number) => void;
}

const AGAIN_MS = 1000;
/** What a camera tells later than this it tells of another time, or its clock is wrong. */
const MAX_LATE_MS = 10_000;
/** Lenses and rules of one camera that see motion at the same time. */
const MAX_SOURCES = 64;

/** Follows the motion that one camera notices itself. The state of its every lens and rule counts: motion lasts while one of them says so. */
export class MotionWatcher {
  readonly #deps: MotionWatcherDeps;
  readonly #watcher: EventWatcher;
  readonly #moving = new Set<string>();
  #timer: { cancel(): void } | undefined;

  constructor(deps: MotionWatcherDeps, { serviceUrl }: CameraOnvif) {
    this.#deps = deps;
    const { camera, onMotion: _onMotion, ...options } = deps;
    const { username, password = '' } = camera;
    this.#watcher = new EventWatcher({
      ...options,
      serviceUrl,
      credentials: username === undefined ? undefined : { username, password },
      onNotification: (notification) => this.#take(notification),
      // It may have ended unheard.
      onInterrupted: () => this.#rest(),
    });
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#rest();
    await this.#watcher.close();
    this.#rest();
  }

  #take({ kind, topic, source, isActive, operation, timeMs }: TimedNotification): void {
    if (kind !== 'motion') return;
    const from = [topic, ...source.values()].join(' ');
    if (isActive === false || operation === 'Deleted') {
      this.#moving.delete(from);
      if (this.#moving.size === 0) this.#rest();
      return;
    }
    const nowMs = this.#deps.clock.nowMs();
    // How long a state lasted already when it was found says nothing of what is to be recorded.
    const atMs = operation === 'Initialized' ? nowMs : Math.min(nowMs, Math.max(nowMs - MAX_LATE_MS, timeMs));
    this.#deps.onMotion(atMs);
    if (isActive === undefined || this.#moving.size >= MAX_SOURCES) return;
    this.#moving.add(from);
    if (!this.#timer) this.#again();
  }

  #again(): void {
    const { clock, onMotion } = this.#deps;
    this.#timer = clock.setTimeout(() => {
      onMotion(clock.nowMs());
      this.#again();
    }, AGAIN_MS);
  }

  #rest(): void {
    this.#moving.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

/** Whether motion that the camera notices is of use, as far as is known. */
export function wantsMotion({ recording, onvif }: Camera): boolean {
  return recording.mode === 'on_event' && onvif !== undefined && onvif.hasEvents !== false;
}

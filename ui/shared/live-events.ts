import type { CameraState } from '#api/contract/cameras.ts';
import type { FeedEvent, LiveDetections } from '#api/contract/events.ts';
import type { Acknowledged } from '#api/contract/wall.ts';

interface CameraChange {
  readonly cameraId: string;
  readonly state: CameraState;
}

interface LiveMessages {
  event: FeedEvent;
  detections: LiveDetections;
  camera: CameraChange;
  acknowledged: Acknowledged;
}

/** What the page needs of EventSource; a test gives its own. */
interface Source {
  readonly readyState: number;
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  addEventListener(name: string, listener: (message: MessageEvent<string>) => void): void;
  close(): void;
}

const names = ['event', 'detections', 'camera', 'acknowledged'] as const;

/**
 * One server-sent event connection for the whole page, however many subscribers. It is open while there are any, is opened anew
 * when other cameras' detections are wanted, and comes back by itself after a loss (1 s, then doubling to 15 s).
 */
export class LiveEvents {
  readonly #open: (url: string) => Source;
  readonly #subscribers = new Set<{ name: string; receive(data: unknown): void }>();
  readonly #wanted = new Map<string, number>();
  readonly #statusListeners = new Set<() => void>();
  #source: Source | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #isConnected = true;

  constructor(open: (url: string) => Source) {
    this.#open = open;
  }

  /** False from a loss until the connection is back. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  subscribe<Name extends keyof LiveMessages>(name: Name, receive: (message: LiveMessages[Name]) => void): () => void {
    const subscriber = { name, receive: (data: unknown) => receive(data as LiveMessages[Name]) };
    this.#subscribers.add(subscriber);
    if (!this.#source) this.#schedule(0);
    return () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0) this.#close();
    };
  }

  onStatus(listener: () => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  /** Asks for the boxes of a camera until the returned function is called. */
  wantDetections(cameraId: string): () => void {
    this.#wanted.set(cameraId, (this.#wanted.get(cameraId) ?? 0) + 1);
    this.#schedule(100);
    return () => {
      const left = (this.#wanted.get(cameraId) ?? 1) - 1;
      if (left > 0) this.#wanted.set(cameraId, left);
      else this.#wanted.delete(cameraId);
      this.#schedule(500);
    };
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#reopen(), delayMs);
  }

  #reopen(): void {
    this.#source?.close();
    this.#source = undefined;
    if (this.#subscribers.size === 0) return;
    const ids = [...this.#wanted.keys()].sort().join(',');
    const source = this.#open(`/api/events/stream${ids === '' ? '' : `?detections=${encodeURIComponent(ids)}`}`);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#setConnected(true);
    };
    // The browser would try again by itself after a network loss, but gives up for good after an HTTP error; this does both.
    source.onerror = () => {
      this.#setConnected(false);
      source.close();
      this.#schedule(Math.min(15_000, 1_000 * 2 ** this.#failures));
      this.#failures += 1;
    };
    for (const name of names) {
      source.addEventListener(name, (message) => {
        const data: unknown = JSON.parse(message.data);
        for (const subscriber of this.#subscribers) if (subscriber.name === name) subscriber.receive(data);
      });
    }
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
    this.#failures = 0;
    this.#setConnected(true);
  }

  #setConnected(isConnected: boolean): void {
    if (this.#isConnected === isConnected) return;
    this.#isConnected = isConnected;
    for (const listener of this.#statusListeners) listener();
  }
}

export const liveEvents = new LiveEvents((url) => new EventSource(url, { withCredentials: true }) as Source);

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveEvents } from './live-events.ts';

class FakeSource {
  readyState = 0;
  isClosed = false;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly url: string;
  readonly listeners = new Map<string, (message: MessageEvent<string>) => void>();

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(name: string, listener: (message: MessageEvent<string>) => void): void {
    this.listeners.set(name, listener);
  }

  close(): void {
    this.isClosed = true;
  }

  send(name: string, data: unknown): void {
    this.listeners.get(name)?.({ data: JSON.stringify(data) } as MessageEvent<string>);
  }
}

let opened: FakeSource[] = [];
let events: LiveEvents;

beforeEach(() => {
  vi.useFakeTimers();
  opened = [];
  events = new LiveEvents((url) => {
    const source = new FakeSource(url);
    opened.push(source);
    return source;
  });
});
afterEach(() => vi.useRealTimers());

test('shares one connection between subscribers and sends each only what it asked for', () => {
  const feed: unknown[] = [];
  const cameras: unknown[] = [];
  events.subscribe('event', (message) => feed.push(message));
  events.subscribe('camera', (message) => cameras.push(message));
  vi.advanceTimersByTime(1);
  expect(opened).toHaveLength(1);
  opened[0]?.send('event', { eventId: '1' });
  expect(feed).toEqual([{ eventId: '1' }]);
  expect(cameras).toEqual([]);
});

test('closes with the last subscriber', () => {
  const stop = events.subscribe('event', () => undefined);
  vi.advanceTimersByTime(1);
  stop();
  expect(opened[0]?.isClosed).toBe(true);
});

test('opens anew with the cameras whose boxes are wanted', () => {
  events.subscribe('detections', () => undefined);
  vi.advanceTimersByTime(1);
  const stopB = events.wantDetections('b');
  events.wantDetections('a');
  events.wantDetections('a');
  vi.advanceTimersByTime(200);
  expect(opened.at(-1)?.url).toBe('/api/events/stream?detections=a%2Cb');
  expect(opened).toHaveLength(2);
  stopB();
  vi.advanceTimersByTime(600);
  expect(opened.at(-1)?.url).toBe('/api/events/stream?detections=a');
});

test('comes back after a loss, slower each time, and says so meanwhile', () => {
  events.subscribe('event', () => undefined);
  vi.advanceTimersByTime(1);
  opened[0]?.onerror?.();
  expect(events.isConnected).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(opened).toHaveLength(2);
  opened[1]?.onerror?.();
  vi.advanceTimersByTime(1_500);
  expect(opened).toHaveLength(2);
  vi.advanceTimersByTime(500);
  expect(opened).toHaveLength(3);
  opened[2]?.onopen?.();
  expect(events.isConnected).toBe(true);
});

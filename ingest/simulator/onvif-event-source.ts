import type { Clock } from '#infra/runtime/clock.ts';
import { VIDEO_SOURCE } from './onvif-model.ts';

interface PullPoint {
  readonly queue: string[];
  endsMs: number;
  wake: (() => void) | undefined;
}

const MAX_QUEUED = 1000;
const MAX_PULL_POINTS = 32;

/** The events of a simulated device, and the pull points that wait for them. Times are on the clock of the device. */
export class OnvifEventSource {
  readonly #clock: Clock;
  readonly #deviceNowMs: () => number;
  readonly #points = new Map<string, PullPoint>();
  readonly #timers = new Set<{ cancel(): void }>();
  #next = 1;
  #isMotion = false;

  constructor(clock: Clock, deviceNowMs: () => number) {
    this.#clock = clock;
    this.#deviceNowMs = deviceNowMs;
  }

  /** How many subscriptions have not ended. */
  get subscriptionCount(): number {
    this.#forgetEnded();
    return this.#points.size;
  }

  /** Repeats a motion alarm for ever. */
  schedule({ everyMs, lastsMs }: { readonly everyMs: number; readonly lastsMs: number }): void {
    this.#after(everyMs, () => {
      this.setMotion(true);
      this.#after(lastsMs, () => this.setMotion(false));
      this.schedule({ everyMs, lastsMs });
    });
  }

  setMotion(isMotion: boolean): void {
    this.#isMotion = isMotion;
    this.#tell(motionMessage(isMotion, 'Changed', this.#deviceNowMs()));
  }

  setDigitalInput(isActive: boolean): void {
    this.#tell(
      stateMessage('tns1:Device/tns1:Trigger/tns1:DigitalInput', {
        source: ['InputToken', 'input-1'],
        data: ['LogicalState', isActive],
        operation: 'Changed',
        timeMs: this.#deviceNowMs(),
      }),
    );
  }

  setTampered(isTampered: boolean): void {
    this.#tell(
      stateMessage('tns1:RuleEngine/tns1:TamperDetector/tns1:Tamper', {
        source: ['VideoSourceConfigurationToken', `${VIDEO_SOURCE}-configuration`],
        data: ['IsTamper', isTampered],
        operation: 'Changed',
        timeMs: this.#deviceNowMs(),
      }),
    );
  }

  /** @returns the id of a new pull point, which knows the state as it is; undefined when there are too many */
  subscribe(lifetimeMs: number): string | undefined {
    this.#forgetEnded();
    if (this.#points.size >= MAX_PULL_POINTS) return undefined;
    const id = String(this.#next++);
    const queue = [motionMessage(this.#isMotion, 'Initialized', this.#deviceNowMs())];
    this.#points.set(id, { queue, endsMs: this.#deviceNowMs() + lifetimeMs, wake: undefined });
    return id;
  }

  /** @returns when it ends now, on the clock of the device; undefined when there is no such subscription */
  renew(id: string, lifetimeMs: number): number | undefined {
    const point = this.#point(id);
    if (!point) return undefined;
    point.endsMs = this.#deviceNowMs() + lifetimeMs;
    return point.endsMs;
  }

  unsubscribe(id: string): boolean {
    this.#points.get(id)?.wake?.();
    return this.#points.delete(id);
  }

  /** Waits until there is something to tell, or the time is over. @returns undefined when there is no such subscription */
  async pull(
    id: string,
    { waitMs, limit }: { readonly waitMs: number; readonly limit: number },
  ): Promise<{ readonly messages: readonly string[]; readonly endsMs: number } | undefined> {
    const point = this.#point(id);
    if (!point) return undefined;
    if (point.queue.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      point.wake = resolve;
      const timer = this.#after(waitMs, resolve);
      await promise;
      timer.cancel();
      this.#timers.delete(timer);
      point.wake = undefined;
    }
    return this.#point(id) && { messages: point.queue.splice(0, limit), endsMs: point.endsMs };
  }

  /** Forgets all subscriptions, as a device does that starts anew. */
  reset(): void {
    for (const point of this.#points.values()) point.wake?.();
    this.#points.clear();
  }

  close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.reset();
  }

  #point(id: string): PullPoint | undefined {
    this.#forgetEnded();
    return this.#points.get(id);
  }

  #forgetEnded(): void {
    for (const [id, { endsMs }] of this.#points) if (endsMs < this.#deviceNowMs()) this.#points.delete(id);
  }

  #tell(message: string): void {
    for (const point of this.#points.values()) {
      point.queue.push(message);
      if (point.queue.length > MAX_QUEUED) point.queue.shift();
      point.wake?.();
    }
  }

  #after(ms: number, callback: () => void): { cancel(): void } {
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer);
      callback();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }
}

function motionMessage(isMotion: boolean, operation: 'Initialized' | 'Changed', timeMs: number): string {
  return stateMessage('tns1:VideoSource/tns1:MotionAlarm', {
    source: ['Source', VIDEO_SOURCE],
    data: ['State', isMotion],
    operation,
    timeMs,
  });
}

function stateMessage(
  topic: string,
  state: {
    readonly source: readonly [string, string];
    readonly data: readonly [string, boolean];
    readonly operation: string;
    readonly timeMs: number;
  },
): string {
  const { source, data, operation, timeMs } = state;
  return (
    '<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">' +
    `${topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="${new Date(timeMs).toISOString()}" PropertyOperation="${operation}">` +
    `<tt:Source><tt:SimpleItem Name="${source[0]}" Value="${source[1]}"/></tt:Source>` +
    `<tt:Data><tt:SimpleItem Name="${data[0]}" Value="${String(data[1])}"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`
  );
}

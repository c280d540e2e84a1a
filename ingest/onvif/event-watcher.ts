import { toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { Supervisor, sleep } from '#infra/runtime/supervisor.ts';
import { EventSubscription } from './event-subscription.ts';
import type { OnvifNotification } from './notification.ts';
import { OnvifDevice, type OnvifDeviceOptions } from './onvif-device.ts';

/** A notification with the time on our clock. */
export interface TimedNotification extends OnvifNotification {
  /** UTC epoch milliseconds. */
  readonly timeMs: number;
}

export interface EventWatcherOptions extends OnvifDeviceOptions {
  readonly log: Log;
  onNotification(notification: TimedNotification): void;
  /** @default 10000 */
  readonly pullWaitMs?: number;
  /** @default 5000 */
  readonly retryInitialMs?: number;
  /** Before a device without events, or with a wrong password, is asked again. @default 300000 */
  readonly holdOffMs?: number;
  /** Waits for a turn before each connect, so that many watchers do not connect at once. */
  readonly turn?: (signal: AbortSignal) => Promise<void>;
  /** From now on nothing is known of the states that were told, until they are told anew. */
  readonly onInterrupted?: () => void;
}

const UNSUBSCRIBE_TIMEOUT_MS = 2000;
const MIN_ROUND_MS = 200;
/** Trying soon could lock the account, or cannot help. */
const HOLD_OFF_CODES: ReadonlySet<string> = new Set([
  'ONVIF_AUTH_REJECTED',
  'ONVIF_UNSUPPORTED',
  'CAMERA_TLS_UNTRUSTED',
]);

/** Follows the events of one device until it is closed, and subscribes anew whenever that breaks. */
export class EventWatcher {
  readonly #supervisor: Supervisor;

  constructor(options: EventWatcherOptions) {
    const { clock, log } = options;
    this.#supervisor = new Supervisor((signal) => watchOrHoldOff(options, signal), {
      clock,
      options: {
        initialMs: options.retryInitialMs ?? 5000,
        // Not longer: what it would tell of is missed until then.
        maxMs: 20_000,
        jitter: 0.5,
        healthyAfterMs: 60_000,
      },
      hooks: {
        onRetry: (error, attempt, delayMs) =>
          log.debug({ errorCode: error?.code, attempt, delayMs }, 'events of the camera are asked for again'),
      },
    });
  }

  /** Ends the subscription on the device too, when it answers soon. */
  async close(): Promise<void> {
    await this.#supervisor.close();
  }
}

async function watchOrHoldOff(options: EventWatcherOptions, signal: AbortSignal): Promise<void> {
  try {
    await watchOnce(options, signal);
  } catch (error) {
    if (HOLD_OFF_CODES.has(toAppError(error).code)) await sleep(options.holdOffMs ?? 300_000, options.clock, signal);
    throw error;
  }
}

async function watchOnce(options: EventWatcherOptions, signal: AbortSignal): Promise<void> {
  const { clock, pullWaitMs = 10_000 } = options;
  await options.turn?.(signal);
  if (signal.aborted) return;
  const device = new OnvifDevice(options);
  let subscription: EventSubscription | undefined;
  try {
    await device.connect(signal);
    subscription = await EventSubscription.create(device, signal);
    while (!signal.aborted) {
      const startedMs = clock.monotonicMs();
      for (const notification of await subscription.pull(pullWaitMs, signal)) {
        options.onNotification(toTimed(notification, device, clock));
      }
      // Some devices answer at once, with nothing, whatever they are told to wait.
      const restMs = MIN_ROUND_MS - (clock.monotonicMs() - startedMs);
      if (restMs > 0) await sleep(restMs, clock, signal);
    }
  } finally {
    options.onInterrupted?.();
    if (subscription) await leave(subscription, options);
    device.close();
  }
}

function toTimed(notification: OnvifNotification, device: OnvifDevice, clock: Clock): TimedNotification {
  const { deviceTimeMs } = notification;
  const timeMs = deviceTimeMs === undefined ? clock.nowMs() : deviceTimeMs - (device.clockOffsetMs ?? 0);
  return { ...notification, timeMs: Math.round(timeMs) };
}

async function leave(subscription: EventSubscription, { clock, log }: EventWatcherOptions): Promise<void> {
  const abort = new AbortController();
  const timer = clock.setTimeout(() => abort.abort(), UNSUBSCRIBE_TIMEOUT_MS);
  try {
    await subscription.unsubscribe(abort.signal);
  } catch (error) {
    log.debug({ errorCode: toAppError(error).code }, 'the subscription was left to end by itself');
  } finally {
    timer.cancel();
  }
}

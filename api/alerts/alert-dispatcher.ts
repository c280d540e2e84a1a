import type { AppError } from '#infra/runtime/app-error.ts';
import { toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Outbox, WebhookDelivery } from '#storage/outbox/outbox.ts';
import { postWebhook } from './webhook-channel.ts';

const BATCH = 20;
/** A receiver that does not answer holds its messages until the time-out; the others must not wait for it. */
const MAX_IN_FLIGHT = 60;
const POLL_MS = 1000;
/** After the database failed: not at once again. */
const PAUSE_MS = 5000;

/**
 * Takes due deliveries out of the outbox and posts them. Retries and their delays are the outbox's; several dispatchers may run,
 * since a claim locks its rows.
 */
export class AlertDispatcher {
  readonly #outbox: Pick<Outbox, 'claimDue' | 'markDelivered' | 'markFailed'>;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #abort = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  #timer: { cancel(): void } | undefined;
  #claiming: Promise<void> | undefined;
  #isWoken = false;

  constructor(deps: {
    readonly outbox: Pick<Outbox, 'claimDue' | 'markDelivered' | 'markFailed'>;
    readonly timeoutMs: number;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#outbox = deps.outbox;
    this.#timeoutMs = deps.timeoutMs;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  start(): void {
    this.#schedule(0);
  }

  /** Something was just stored, or there is room again: look at once instead of at the next second. */
  wake(): void {
    if (this.#claiming) this.#isWoken = true;
    else this.#schedule(0);
  }

  #schedule(delayMs: number): void {
    if (this.#abort.signal.aborted) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimeout(() => {
      this.#claiming = this.#claim().then((nextMs) => {
        this.#claiming = undefined;
        this.#schedule(this.#isWoken ? 0 : nextMs);
      });
    }, delayMs);
  }

  /** @returns after how long to look again; never fails */
  async #claim(): Promise<number> {
    this.#isWoken = false;
    try {
      const limit = Math.min(BATCH, MAX_IN_FLIGHT - this.#inFlight.size);
      const due = limit > 0 ? await this.#outbox.claimDue(limit) : [];
      for (const delivery of due) this.#start(delivery);
      return limit > 0 && due.length === limit ? 0 : POLL_MS;
    } catch (error) {
      this.#log.warn({ err: toAppError(error) }, 'alerts wait: the outbox cannot be read');
      return PAUSE_MS;
    }
  }

  #start(delivery: WebhookDelivery): void {
    const running = this.#deliver(delivery)
      .catch((error: unknown) =>
        // The claim runs out, and it is posted again under the same id.
        this.#log.warn(
          { err: toAppError(error), webhookId: delivery.webhookId },
          'what became of a webhook is not kept',
        ),
      )
      .finally(() => {
        this.#inFlight.delete(running);
        if (this.#inFlight.size === MAX_IN_FLIGHT - 1) this.wake();
      });
    this.#inFlight.add(running);
  }

  async #deliver(delivery: WebhookDelivery): Promise<void> {
    let failure: AppError | undefined;
    try {
      await postWebhook(delivery, {
        timeoutMs: this.#timeoutMs,
        nowMs: this.#clock.nowMs(),
        signal: this.#abort.signal,
      });
    } catch (error) {
      failure = toAppError(error);
    }
    // Closed in the middle: the claim runs out and another round takes it.
    if (failure && this.#abort.signal.aborted) return;
    if (failure) {
      const reason = String(failure.context['reason'] ?? failure.message);
      this.#log.info(
        { webhookId: delivery.webhookId, attempt: delivery.attempt, reason },
        'webhook not delivered; it is tried again',
      );
      await this.#outbox.markFailed(delivery.deliveryId, reason);
    } else {
      await this.#outbox.markDelivered(delivery.deliveryId);
    }
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#timer?.cancel();
    await this.#claiming;
    await Promise.all(this.#inFlight);
  }
}

import type { AppError } from '#infra/runtime/app-error.ts';
import { toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Outbox, WebhookDelivery } from '#storage/outbox/outbox.ts';
import { postWebhook } from './webhook-channel.ts';

const BATCH = 20;
const POLL_MS = 1000;
/** After the database failed: not at once again. */
const PAUSE_MS = 5000;

/**
 * Takes due deliveries out of the outbox and posts them. Retries and their delays are the outbox's; several dispatchers may run,
 * since a claim locks its rows.
 */
export class AlertDispatcher {
  readonly #outbox: Outbox;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #abort = new AbortController();
  #timer: { cancel(): void } | undefined;
  #running: Promise<void> = Promise.resolve();
  #isWoken = false;

  constructor(deps: { readonly outbox: Outbox; readonly timeoutMs: number; readonly clock: Clock; readonly log: Log }) {
    this.#outbox = deps.outbox;
    this.#timeoutMs = deps.timeoutMs;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  start(): void {
    this.#schedule(0);
  }

  /** Something was just stored: look at once instead of at the next second. */
  wake(): void {
    this.#isWoken = true;
    this.#schedule(0);
  }

  #schedule(delayMs: number): void {
    if (this.#abort.signal.aborted) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimeout(() => {
      this.#running = this.#running.then(() => this.#round());
    }, delayMs);
  }

  async #round(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#isWoken = false;
    let delayMs = POLL_MS;
    try {
      const due = await this.#outbox.claimDue(BATCH);
      await Promise.all(due.map((delivery) => this.#deliver(delivery)));
      if (due.length === BATCH) delayMs = 0;
    } catch (error) {
      this.#log.warn({ err: toAppError(error) }, 'alerts wait: the outbox cannot be read');
      delayMs = PAUSE_MS;
    }
    this.#schedule(this.#isWoken ? 0 : delayMs);
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
    await this.#running;
  }
}

import { type AppError, toAppError } from './app-error.ts';
import { type BackoffOptions, backoffDelayMs } from './backoff.ts';
import type { Clock } from './clock.ts';

export interface SupervisorHooks {
  /** Called after each ended run with what ended it (undefined = it returned) and when the next try comes. */
  onRetry(error: AppError | undefined, attempt: number, delayMs: number): void;
}

export interface SupervisorOptions extends BackoffOptions {
  /** A run that lasted this long counts as healthy: the next failure starts again from the first delay. */
  readonly healthyAfterMs: number;
}

/**
 * Runs a task again and again until it is closed. The only place that retries: everything below it fails fast.
 * The task gets a signal that fires on close, and must end soon after it.
 */
export class Supervisor {
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;

  constructor(
    run: (signal: AbortSignal) => Promise<void>,
    deps: {
      readonly clock: Clock;
      readonly options: SupervisorOptions;
      readonly hooks: SupervisorHooks;
      readonly random?: () => number;
    },
  ) {
    this.#done = this.#loop(run, deps);
  }

  async #loop(
    run: (signal: AbortSignal) => Promise<void>,
    {
      clock,
      options,
      hooks,
      random,
    }: { clock: Clock; options: SupervisorOptions; hooks: SupervisorHooks; random?: () => number },
  ): Promise<void> {
    let attempt = 0;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const startedMs = clock.monotonicMs();
      let failure: AppError | undefined;
      try {
        await run(signal);
      } catch (error) {
        failure = toAppError(error);
      }
      if (signal.aborted) return;
      if (clock.monotonicMs() - startedMs >= options.healthyAfterMs) attempt = 0;
      const delayMs = backoffDelayMs(attempt, options, random);
      hooks.onRetry(failure, attempt, delayMs);
      attempt++;
      await sleep(delayMs, clock, signal);
    }
  }

  /** Ends the running task and waits for it. Safe to call twice. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }
}

/** Waits, or returns at once when the signal fires. */
export function sleep(delayMs: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', finish);
      resolve();
    }, delayMs);
    const finish = (): void => {
      timer.cancel();
      resolve();
    };
    signal?.addEventListener('abort', finish, { once: true });
  });
}

/** Ctrl-C or a stop by the system, also one that comes while everything is still starting. */
export interface StopSignal {
  /** Resolves at the first one; a second Ctrl-C then ends at once. */
  readonly stopped: Promise<void>;
}

/** Call before anything is started: from then on a signal is a wish to stop in order. */
export function listenForStop(): StopSignal {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    process.once('SIGINT', () => process.exit(130));
    resolve();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { stopped: promise };
}

const LEFTOVERS_MS = 3000;

/** Waits for the stop, or the end of `forMs`. */
export async function runUntilStopped({ stopped }: StopSignal, forMs?: number): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = forMs === undefined ? undefined : setTimeout(over.resolve, forMs);
  await Promise.race([stopped, over.promise]);
  clearTimeout(timer);
}

/** After all is closed: a handle that something forgot must not keep the process. */
export function endSoon(): void {
  setTimeout(() => process.exit(), LEFTOVERS_MS).unref();
}

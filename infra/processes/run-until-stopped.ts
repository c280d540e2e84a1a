/**
 * Waits for Ctrl-C, a stop by the system, or the end of `forMs`. A second Ctrl-C ends at once.
 */
export async function runUntilStopped(forMs?: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = forMs === undefined ? undefined : setTimeout(resolve, forMs);
    const stop = (): void => {
      clearTimeout(timer);
      process.once('SIGINT', () => process.exit(130));
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}

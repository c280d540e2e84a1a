import { describeError } from '#infra/runtime/app-error.ts';
import type { Log } from '#infra/runtime/logger.ts';

/**
 * What nobody caught. A promise that failed unheard is a fault of ours, told in the log, and one part's trouble: the others go on. An exception
 * that nobody caught may have left anything half done: the process ends with one clear line, and whoever watches it starts it anew; what was
 * acknowledged is on disk, and children end with us.
 */
export function guardProcess(log: Log): void {
  process.on('unhandledRejection', (reason) => {
    log.error({ err: reason, code: 'UNHANDLED_REJECTION' }, `a failure that nobody handled: ${describeError(reason)}`);
  });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error, code: 'UNCAUGHT_EXCEPTION' }, 'ending');
    process.stderr.write(
      `vantage: ends after a failure that nobody handled: ${describeError(error)}\n  Start it again: recordings and events are kept.\n`,
    );
    process.exit(1);
  });
}

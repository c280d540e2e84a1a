import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { EventSpool } from '../spool/event-spool.ts';

/** Child process of a test: appends without end, and prints each number once it is acknowledged; then it is killed. */
const spool = new EventSpool({
  file: process.argv[2] ?? '',
  maxBytes: 100 * 2 ** 20,
  clock: systemClock,
  log: silentLog,
});
for (let first = 0; ; first += 50) {
  const numbers = Array.from({ length: 50 }, (_, index) => first + index);
  await Promise.all(numbers.map((number) => spool.append('event', { number })));
  process.stdout.write(`${numbers.join('\n')}\n`);
}

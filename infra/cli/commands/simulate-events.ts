import { type Command, InvalidArgumentError } from 'commander';

interface EventsOptions {
  readonly cameras: number;
  readonly vehicles: number;
  readonly days: number;
  readonly seed: number;
  readonly from?: string;
  readonly data?: string;
  readonly truth?: string;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;
/** Local days of the city, eight hours ahead of UTC. */
const LOCAL_OFFSET_MS = 8 * 3_600_000;

export function registerEvents(simulate: Command): void {
  simulate
    .command('events')
    .description(
      'Fills an empty store with the sightings of a made-up city: roads, cameras, commuters, taxis, lorries, cloned plates and misread ones; the same again for the same numbers.',
    )
    .option('--cameras <count>', 'how many cameras', whole(20, 100_000), 20_000)
    .option('--vehicles <count>', 'how many vehicles', whole(1, 5_000_000), 200_000)
    .option('--days <count>', 'how many days', whole(1, 366), 30)
    .option('--seed <number>', 'another number, another city', whole(0, 2_000_000_000), 1)
    .option('--from <day>', 'first day, YYYY-MM-DD (default: so that the last day is yesterday)', day)
    .option(
      '--data <folder>',
      'data folder (default: VANTAGE_DATA_DIR, else `data/city` beside the launcher); DATABASE_URL for a database of your own',
    )
    .option('--truth <file>', 'write what was true, a JSON line for each vehicle')
    .option('--json', 'print the counts as one JSON object')
    .action(async (options: EventsOptions) => {
      const { simulateEvents } = await import('../../simulation/simulate-events.ts');
      const firstDay =
        options.from ?? new Date(Date.now() + LOCAL_OFFSET_MS - options.days * DAY_MS).toISOString().slice(0, 10);
      const { cameras, vehicles, days, seed } = options;
      const done = await simulateEvents({
        cameras,
        vehicles,
        days,
        seed,
        firstDay,
        dataFolder: options.data,
        truthFile: options.truth,
        onProgress: ({ daysDone, sightings, seconds }) => {
          if (!options.json)
            console.log(`day ${daysDone} of ${days}: ${sightings} sightings in the store, ${Math.round(seconds)} s`);
        },
      });
      if (options.json) console.log(JSON.stringify({ cameras, vehicles, days, seed, firstDay, ...done }));
      else {
        const rate = Math.round(done.sightings / done.seconds);
        console.log(`${done.sightings} sightings in ${Math.round(done.seconds)} s (${rate} a second)`);
      }
    });
}

function whole(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`a whole number from ${minimum} to ${maximum} is needed`);
    return value;
  };
}

function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('a day is needed, as 2026-11-01');
  return text;
}

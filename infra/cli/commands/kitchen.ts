import { type Command, InvalidArgumentError } from 'commander';

interface TryOptions {
  readonly from?: number;
  readonly to?: number;
  readonly data?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('kitchen')
    .description('kitchens and what they are watched for')
    .command('try')
    .description('what the set-up of a kitchen would have raised on its recording; stores nothing, alerts nobody')
    .argument('<camera>', 'id of the camera, or its name')
    .option('--from <time>', 'begin, ISO 8601 (default: an hour before the end)', parseTime)
    .option('--to <time>', 'end, ISO 8601 (default: the end of the recording)', parseTime)
    .option('--data <folder>', 'data folder of the server (default: VANTAGE_DATA_DIR, else `data` beside the launcher)')
    .option('--json', 'print the result as one JSON object')
    .action(async (camera: string, options: TryOptions) => {
      const { tryKitchen } = await import('../try-kitchen.ts');
      await tryKitchen(camera, { ...options, print: (line) => console.log(line) });
    });
}

function parseTime(text: string): number {
  const timeMs = Date.parse(text);
  if (!Number.isFinite(timeMs)) throw new InvalidArgumentError('a time such as 2026-11-26T08:00:00Z');
  return timeMs;
}

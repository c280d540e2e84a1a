import type { Command } from 'commander';

interface DemoOptions {
  readonly cameras: string;
  readonly port: string;
  readonly data?: string;
  readonly clip?: string[];
  readonly faults?: string;
  readonly exitAfter?: string;
  readonly resetPassword?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('demo')
    .description('a simulated city with the whole line on it; prints address and sign-in')
    .option('--cameras <n>', 'how many cameras', '9')
    .option('--port <port>', 'port of the pages; 0: any free one', '8080')
    .option('--data <folder>', 'data folder (default: VANTAGE_DATA_DIR, else `data/demo` beside the launcher)')
    .option('--clip <file...>', 'play these files on road cameras instead of the rendered scenes')
    .option(
      '--faults <list>',
      'faults of the simulated cameras, e.g. "2:stall@10+20,3:loss=0.02" (see ./vantage simulate --help)',
    )
    .option('--exit-after <seconds>', 'end by itself')
    .option('--reset-password', 'give the administrator a new password')
    .option('--json', 'one JSON object with address and sign-in on standard output')
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('../../demo/run-demo.ts');
      await runDemo(options);
    });
}

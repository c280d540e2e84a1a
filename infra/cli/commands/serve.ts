import type { Command } from 'commander';

interface ServeOptions {
  readonly port?: string;
  readonly bind?: string;
  readonly data?: string;
}

export function register(program: Command): void {
  program
    .command('serve')
    .description('runs the platform on this machine: ingest, recording, analysis, live pictures, pages')
    .option('--port <port>', 'port of the pages (default 8080)')
    .option('--bind <address>', 'address to listen on (default 127.0.0.1: this machine only)')
    .option('--data <folder>', 'data folder (default: VANTAGE_DATA_DIR, else `data` beside the launcher)')
    .action(async (options: ServeOptions) => {
      const { runServe } = await import('../../processes/run-serve.ts');
      await runServe({ portText: options.port, bindAddress: options.bind, dataFolder: options.data });
    });
}

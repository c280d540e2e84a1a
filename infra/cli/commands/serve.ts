import { type Command, InvalidArgumentError } from 'commander';

interface ServeOptions {
  readonly port?: string;
  readonly bind?: string;
  readonly data?: string;
}

export function register(program: Command): void {
  program
    .command('serve')
    .description('runs the platform on this machine: ingest, recording, analysis, live pictures, pages')
    .option('--port <port>', 'port of the pages; 0: any free one (default 8080)', portText)
    .option('--bind <address>', 'address to listen on (default 127.0.0.1: this machine only)')
    .option('--data <folder>', 'data folder (default: VANTAGE_DATA_DIR, else `data` beside the launcher)')
    .action(async (options: ServeOptions) => {
      const { runServe } = await import('../../processes/run-serve.ts');
      await runServe({ portText: options.port, bindAddress: options.bind, dataFolder: options.data });
    });
}

function portText(text: string): string {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a whole number from 0 to 65535 is needed');
  return text;
}

import { Command } from 'commander';
import { describeError, toAppError } from '#infra/runtime/app-error.ts';

/**
 * A command's module: `register` adds it with its options to the program. Its heavy parts are imported only when it runs,
 * so that `--help` answers at once.
 */
interface CommandModule {
  register(program: Command): void;
}

const COMMANDS = [
  'demo',
  'serve',
  'camera',
  'record',
  'recordings',
  'analyze',
  'kitchen',
  'simulate',
  'roads',
  'models',
  'bench',
  'doctor',
] as const;

const program = new Command('vantage')
  .description('Open city-video platform: ingest, record, analyse, search and watch the cameras of a city.')
  // Options belong to the command that they stand after: a command may have one of the same name as its parent.
  .enablePositionalOptions()
  .showHelpAfterError('(add --help for the options)')
  .addHelpText('after', '\n  test [unit|peer|db|e2e]     run the tests');

for (const name of COMMANDS) {
  const module = (await import(`./commands/${name}.ts`)) as CommandModule;
  module.register(program);
}

try {
  await program.parseAsync();
} catch (thrown) {
  const error = toAppError(thrown);
  console.error(`vantage: ${describeError(error)}\n  ${error.text.remedyEn}\n  ${error.text.zh}${error.text.remedyZh}`);
  if (process.env['VANTAGE_DEBUG']) console.error(thrown);
  process.exitCode = 1;
}

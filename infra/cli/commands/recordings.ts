import type { Command } from 'commander';

interface CheckOptions {
  readonly data?: string;
  readonly repair?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('recordings')
    .description('the recorded files and their rows')
    .command('check')
    .description(
      'compare all recordings with their rows (a start only looks around the end of the last run); may run beside a server, then files of the last hour are left out',
    )
    .option('--repair', 'put right what is found: rows for files without one, no rows without a file')
    .option('--data <folder>', 'data folder of the server (default: VANTAGE_DATA_DIR, else `data` beside the launcher)')
    .option('--json', 'print the counts as one JSON object')
    .action(async (options: CheckOptions) => {
      const { checkAllRecordings } = await import('../../processes/recording-repair.ts');
      const report = await checkAllRecordings(process.env, options.data, options.repair === true);
      const wrong = report.open + report.unknown + report.missing;
      if (options.json) console.log(JSON.stringify({ ...report, isRepaired: options.repair === true }));
      else {
        console.log(`files with a row            ${report.files}`);
        console.log(`files that a crash left open ${report.open}`);
        console.log(`files without a row         ${report.unknown}`);
        console.log(`rows without a file         ${report.missing}`);
        console.log(`files that cannot be read   ${report.unreadable}`);
        console.log(`folders of unknown cameras  ${report.foreignFolders}`);
        if (report.isFolderSuspect)
          console.log('None of the recordings are there: is the disk mounted? No row is removed.');
        else if (wrong > 0) console.log(options.repair ? 'Put right.' : 'Put it right with --repair.');
      }
      if (report.isFolderSuspect || (wrong > 0 && !options.repair)) process.exitCode = 1;
    });
}

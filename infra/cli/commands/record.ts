import { type Command, InvalidArgumentError } from 'commander';
import type { TransportChoice } from '#ingest/cameras/camera.ts';
import { certificateOption, transportOption } from '../camera/connection-options.ts';

interface RecordOptions {
  readonly out: string;
  readonly seconds: number;
  readonly segmentSeconds?: number;
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly transport: TransportChoice;
  readonly certificateSha256?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('record')
    .description('record RTSP streams to fragmented MP4 files, without a database')
    .argument('<url...>', 'rtsp://host:port/path or rtsps://…; each is written to a folder of its own')
    .requiredOption('--out <dir>', 'folder for the recordings')
    .option('--seconds <s>', 'how long to record, counted from the first picture', positive, 20)
    .option('--segment-seconds <s>', 'close a file at the first key frame after this time', positive)
    .option('--username <name>', 'user name for all streams')
    .option('--password-env <variable>', 'environment variable that holds the password')
    .addOption(transportOption())
    .addOption(certificateOption())
    .option('--json', 'print the summary as one JSON object')
    .action(async (urls: string[], options: RecordOptions) => {
      const { recordStreams, printSummary } = await import('../record-streams.ts');
      const password = options.passwordEnv === undefined ? undefined : process.env[options.passwordEnv];
      const summary = await recordStreams({
        urls,
        folder: options.out,
        seconds: options.seconds,
        segmentSeconds: options.segmentSeconds,
        credentials:
          options.username === undefined ? undefined : { username: options.username, password: password ?? '' },
        transport: options.transport,
        certificateSha256: options.certificateSha256,
        env: process.env,
      });
      printSummary(summary, options.json ?? false);
      if (summary.every((one) => one.frames === 0)) process.exitCode = 1;
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

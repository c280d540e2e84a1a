import type { Command } from 'commander';

interface ProbeCommandOptions {
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const camera = program.command('camera').description('the cameras: try one, list, add, remove');
  registerProbe(camera);
}

function registerProbe(camera: Command): void {
  camera
    .command('probe')
    .description('try a camera step by step and say in one sentence what is wrong')
    .argument('<url>', 'rtsp://host:port/path')
    .option('--username <name>', 'user name')
    .option('--password-env <variable>', 'environment variable that holds the password')
    .option('--json', 'print the result as one JSON object')
    .action(async (url: string, options: ProbeCommandOptions) => {
      const [{ probeCamera }, { systemClock }, { readConfig }, { ingestConfigSchema }] = await Promise.all([
        import('#ingest/cameras/camera-probe.ts'),
        import('#infra/runtime/clock.ts'),
        import('#infra/runtime/config.ts'),
        import('#ingest/config.ts'),
      ]);
      const { connectTimeoutMs } = readConfig('INGEST', ingestConfigSchema, process.env);
      const password = options.passwordEnv === undefined ? undefined : process.env[options.passwordEnv];
      const result = await probeCamera({
        url,
        credentials:
          options.username === undefined ? undefined : { username: options.username, password: password ?? '' },
        connectTimeoutMs,
        clock: systemClock,
      });
      const { ok, steps, error } = result;
      if (options.json) console.log(JSON.stringify({ ok, steps }));
      else {
        for (const one of steps) console.log(`${one.ok ? 'ok  ' : 'FAIL'} ${one.step.padEnd(8)} ${one.detail ?? ''}`);
        if (error) console.error(`${error.code}: ${error.message} ${error.text.remedyEn}`);
      }
      if (!ok) process.exitCode = 1;
    });
}

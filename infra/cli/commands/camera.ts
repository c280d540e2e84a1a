import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Camera, TransportChoice } from '#ingest/cameras/camera.ts';
import { certificateOption, transportOption } from '../camera-options.ts';
import type { CameraRegistry } from '../../processes/camera-registry.ts';

interface DataOptions {
  readonly data?: string;
}

interface AddOptions extends DataOptions {
  readonly name: string;
  readonly url: string;
  readonly number: string;
  readonly area: string;
  readonly scene: 'road' | 'kitchen';
  readonly subUrl?: string;
  readonly username?: string;
  /** The password itself, read from the variable. */
  readonly passwordEnv?: string;
  readonly transport: TransportChoice;
  readonly certificateSha256?: string;
  readonly lat?: number;
  readonly lon?: number;
  readonly json?: boolean;
}

interface ProbeCommandOptions {
  readonly transport: TransportChoice;
  readonly certificateSha256?: string;
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const camera = program.command('camera').description('the cameras: try one, list, add, remove');
  registerProbe(camera);
  registerList(camera);
  registerAdd(camera);
  registerRemove(camera);
}

function registerList(camera: Command): void {
  withData(camera.command('list').description('the cameras of the registry'))
    .option('--json', 'print them as one JSON object')
    .action(async (options: DataOptions & { readonly json?: boolean }) => {
      await withRegistry(options, async ({ cameras }) => {
        const list = (await cameras.list()).map(withoutPassword);
        if (options.json) console.log(JSON.stringify({ cameras: list }));
        else if (list.length === 0) console.log('There is no camera yet: ./vantage camera add');
        else for (const { id, number, name, area, url } of list) console.log([id, number, name, area, url].join('\t'));
      });
    });
}

function registerAdd(camera: Command): void {
  withData(camera.command('add').description('add a camera; a running server takes it up within ten seconds'))
    .requiredOption('--name <name>', 'its name', text(80))
    .requiredOption('--url <url>', 'rtsp://host:port/path or rtsps://…')
    .option('--number <number>', 'the city\u2019s own number of it', text(40), '')
    .option('--area <area>', 'district or site', text(80), '')
    .addOption(new Option('--scene <scene>', 'what it looks at').choices(['road', 'kitchen']).default('road'))
    .option('--sub-url <url>', 'its smaller stream')
    .option('--username <name>', 'user name', text(64))
    .option('--password-env <variable>', 'environment variable that holds the password', variable)
    .addOption(transportOption())
    .addOption(certificateOption())
    .option('--lat <degrees>', 'latitude', degrees(90))
    .option('--lon <degrees>', 'longitude', degrees(180))
    .option('--json', 'print the camera as one JSON object')
    .action(async (options: AddOptions) => {
      const { parseRtspUrl } = await import('#ingest/rtsp/rtsp-url.ts');
      const main = parseRtspUrl(options.url);
      const sub = options.subUrl === undefined ? undefined : parseRtspUrl(options.subUrl);
      // An address pasted with user name and password in it loses both to their own fields.
      const pasted = main.credentials ?? sub?.credentials;
      const input: Omit<Camera, 'id'> = {
        name: options.name,
        number: options.number,
        area: options.area,
        scene: options.scene,
        latitude: options.lat,
        longitude: options.lon,
        streams: [{ kind: 'main', url: main.url }, ...(sub ? [{ kind: 'sub' as const, url: sub.url }] : [])],
        username: options.username ?? pasted?.username,
        password: options.passwordEnv ?? pasted?.password,
        transport: options.transport,
        certificateSha256: options.certificateSha256,
        isRecording: true,
        analysis: { mode: 'fps', fps: options.scene === 'kitchen' ? 2 : 3 },
        rules: [],
      };
      await withRegistry(options, async (registry) => {
        const added = await registry.cameras.create(input);
        await registry.noteInAudit('camera.create', added);
        if (options.json) console.log(JSON.stringify(withoutPassword(added)));
        else console.log(`added ${added.id}\t${added.name}`);
      });
    });
}

function registerRemove(camera: Command): void {
  withData(
    camera.command('remove').description('remove a camera; its recordings and events stay until their time ends'),
  )
    .argument('<id>', 'as `camera list` shows it')
    .action(async (id: string, options: DataOptions) => {
      const { cameraId } = await import('#ingest/media.ts');
      await withRegistry(options, async (registry) => {
        const known = await registry.cameras.get(cameraId(id));
        await registry.cameras.remove(known.id);
        await registry.noteInAudit('camera.remove', known);
        console.log(`removed ${known.id}\t${known.name}`);
      });
    });
}

function withData(command: Command): Command {
  return command.option(
    '--data <folder>',
    'data folder of the server (default: VANTAGE_DATA_DIR, else `data` beside the launcher; the demo has `data/demo`)',
  );
}

async function withRegistry(options: DataOptions, work: (registry: CameraRegistry) => Promise<void>): Promise<void> {
  const { openCameraRegistry } = await import('../../processes/camera-registry.ts');
  const registry = await openCameraRegistry(process.env, options.data);
  try {
    await work(registry);
  } finally {
    await registry.close();
  }
}

function withoutPassword({ password, streams, ...camera }: Camera) {
  const url = (kind: 'main' | 'sub') => streams.find((stream) => stream.kind === kind)?.url;
  return { ...camera, url: url('main') ?? '', subUrl: url('sub'), hasPassword: password !== undefined };
}

function text(maxLength: number): (value: string) => string {
  return (value) => {
    const trimmed = value.trim();
    if (trimmed === '' || trimmed.length > maxLength)
      throw new InvalidArgumentError(`one to ${maxLength} characters are needed`);
    return trimmed;
  };
}

function degrees(limit: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() === '' || !(Math.abs(number) <= limit))
      throw new InvalidArgumentError(`a number from ${-limit} to ${limit} is needed`);
    return number;
  };
}

/** Gives what the variable holds, so that a password never stands on a command line. */
function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new InvalidArgumentError('there is no environment variable of this name');
  return value;
}

function registerProbe(camera: Command): void {
  camera
    .command('probe')
    .description('try a camera step by step and say in one sentence what is wrong')
    .argument('<url>', 'rtsp://host:port/path or rtsps://…')
    .option('--username <name>', 'user name')
    .option('--password-env <variable>', 'environment variable that holds the password')
    .addOption(transportOption())
    .addOption(certificateOption())
    .option('--json', 'print the result as one JSON object')
    .action(async (url: string, options: ProbeCommandOptions) => {
      const [{ probeCamera }, { systemClock }, { readConfig }, { ingestConfigSchema }] = await Promise.all([
        import('#ingest/cameras/camera-probe.ts'),
        import('#infra/runtime/clock.ts'),
        import('#infra/runtime/config.ts'),
        import('#ingest/config.ts'),
      ]);
      const { connectTimeoutMs, tlsCaFile } = readConfig('INGEST', ingestConfigSchema, process.env);
      const password = options.passwordEnv === undefined ? undefined : process.env[options.passwordEnv];
      const result = await probeCamera({
        url,
        credentials:
          options.username === undefined ? undefined : { username: options.username, password: password ?? '' },
        transport: options.transport,
        trust: { caFile: tlsCaFile, certificateSha256: options.certificateSha256 },
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

import { type Command, InvalidArgumentError } from 'commander';
import { registerEvents } from './simulate-events.ts';

interface SimulateOptions {
  readonly cameras: number;
  readonly port: number;
  readonly bind: string;
  readonly clip?: readonly string[];
  readonly scenes: readonly string[];
  readonly faults?: string;
  readonly onvifPort?: number;
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly json?: boolean;
}

const SCENES = ['crossing', 'gate', 'kitchen'];

export function register(program: Command): void {
  const simulateCommand = program
    .command('simulate')
    .description('Plays clips as many independent RTSP cameras, with faults on request, until Ctrl-C.')
    .option('--cameras <count>', 'how many cameras', wholeNumber(1, 5000), 9)
    .option('--port <port>', 'RTSP port; 0 takes any free one', wholeNumber(0, 65_535), 8554)
    .option('--bind <address>', 'address to listen at', '127.0.0.1')
    .option(
      '--clip <file...>',
      'own footage, H.264 or H.265, with its sound, instead of the shipped scenes; several go round',
    )
    .option('--scenes <list>', `shipped scenes, comma separated: ${SCENES.join(', ')}`, sceneList, SCENES)
    .option('--faults <list>', 'camera:fault=value@seconds+seconds, comma separated, e.g. 2:stall@10+20,3:loss=0.02')
    .option(
      '--onvif-port <port>',
      'make each camera an ONVIF device, the first at this port, the others at the next ones; 0 takes any free ones',
      wholeNumber(0, 65_535),
    )
    .option('--username <name>', 'ask for this user name (with --password-env)')
    .option('--password-env <variable>', 'environment variable that holds the password')
    .option('--json', 'print the cameras as one JSON object')
    .action(simulate);
  simulateCommand.enablePositionalOptions();
  registerEvents(simulateCommand);
}

async function simulate(options: SimulateOptions, command: Command): Promise<void> {
  const [{ CameraSimulator }, { startOnvifDevices }, scenes, { parseFaults }, { createLogger }, { homedir }, { join }] =
    await Promise.all([
      import('#ingest/simulator/camera-simulator.ts'),
      import('#ingest/simulator/onvif-devices.ts'),
      import('#ingest/simulator/demo-scenes.ts'),
      import('#ingest/simulator/faults.ts'),
      import('#infra/runtime/logger.ts'),
      import('node:os'),
      import('node:path'),
    ]);
  const faults = parseFaults(options.faults ?? '', options.cameras);
  const credentials = readCredentials(options, command);
  const wanted = scenes.DEMO_SCENES.filter((scene) => options.scenes.includes(scene));
  const cameras = Array.from({ length: options.cameras }, (_, index) => {
    const own = options.clip?.[index % options.clip.length];
    const scene = own === undefined ? scenes.sceneOfCamera(index, wanted) : undefined;
    return {
      path: `/cam/${index + 1}`,
      clipFile: own ?? scenes.sceneClipFile(scene ?? 'crossing'),
      scene,
      phaseMs: scenes.phaseOfCamera(index),
      credentials,
      faults: faults.get(index + 1),
      // A device records on its own card: what it showed in the last day can be played back.
      ...(options.onvifPort === undefined ? {} : { card: {} }),
    };
  });
  const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'vantage', 'clips');
  const log = createLogger({ level: 'warn', pretty: !options.json });
  const simulator = new CameraSimulator({
    port: options.port,
    bind: options.bind,
    cameras,
    cacheFolder,
    log,
  });
  const { port } = await simulator.start();
  const onvif =
    options.onvifPort === undefined
      ? undefined
      : await startOnvifDevices({ simulator, cameras, port: options.onvifPort, bind: options.bind, credentials, log });
  const rows = cameras.map(({ path, clipFile, scene }, index) => {
    const onvifUrl = onvif?.devices[index]?.serviceUrl;
    return { url: simulator.url(path), scene, clipFile, ...(onvifUrl === undefined ? {} : { onvifUrl }) };
  });
  if (options.json) {
    console.log(JSON.stringify({ port, username: credentials?.username, cameras: rows }));
  } else {
    for (const { url, scene, clipFile, onvifUrl = '' } of rows)
      console.log(`${url}  ${scene ?? clipFile}  ${onvifUrl}`.trimEnd());
    console.log(`${rows.length} cameras${credentials ? `, user ${credentials.username}` : ''}. Ctrl-C ends them.`);
  }
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  await onvif?.close();
  await simulator.close();
}

function readCredentials(
  options: SimulateOptions,
  command: Command,
): { username: string; password: string } | undefined {
  if (options.username === undefined && options.passwordEnv === undefined) return undefined;
  const password = process.env[options.passwordEnv ?? ''];
  if (!options.username || !password) {
    command.error('error: --username and --password-env go together, and the variable must be set');
  }
  return { username: options.username, password };
}

function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`a whole number from ${minimum} to ${maximum} is needed`);
    }
    return value;
  };
}

function sceneList(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  const unknown = list.find((name) => !SCENES.includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`there is no scene ${unknown}; there are ${SCENES.join(', ')}`);
  return list;
}

import { type Command, Option } from 'commander';
import type { Camera } from '#ingest/cameras/camera.ts';
import { type CameraInputOptions, toCameraInput } from '../camera/camera-input.ts';
import { certificateOption, transportOption } from '../camera/connection-options.ts';
import { type DiscoverOptions, discoverFromCli } from '../camera/discover-cameras.ts';
import { type FetchOptions, fetchFromCli, type ListOptions, listRecordingsFromCli } from '../camera/card-of-camera.ts';
import { type ConnectionOptions, degrees, moment, seconds, text, variable, whole } from '../camera/options.ts';
import { printProbe, probeFromCli, withoutCredentials } from '../camera/probe-camera.ts';
import type { CameraRegistry } from '../../processes/camera-registry.ts';

interface DataOptions {
  readonly data?: string;
}

interface AddOptions extends DataOptions, CameraInputOptions {
  readonly json?: boolean;
}

interface ProbeCommandOptions extends ConnectionOptions {
  readonly json?: boolean;
}

export function register(program: Command): void {
  const camera = program.command('camera').description('the cameras: find and try them, list, add, remove');
  registerDiscover(camera);
  registerProbe(camera);
  registerList(camera);
  registerAdd(camera);
  registerRemove(camera);
  registerRecordings(camera);
  registerFetch(camera);
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
    .argument('[address]', 'host, host:port or http://…: it is tried first, and its streams are found over ONVIF')
    .option('--name <name>', 'its name; maker, model and host when left out', text(80))
    .option('--url <url>', 'rtsp://host:port/path, in place of the address; it is not tried')
    .option('--number <number>', 'the city\u2019s own number of it', text(40), '')
    .option('--area <area>', 'district or site', text(80), '')
    .addOption(new Option('--scene <scene>', 'what it looks at').choices(['road', 'kitchen']).default('road'))
    .option('--sub-url <url>', 'its smaller stream')
    .option('--username <name>', 'user name', text(64))
    .option('--password-env <variable>', 'environment variable that holds the password', variable)
    .addOption(transportOption())
    .addOption(certificateOption())
    .addOption(
      new Option('--record <mode>', 'what is recorded')
        .choices(['continuous', 'on_event', 'scheduled', 'off'])
        .default('continuous'),
    )
    .option('--schedule <windows>', 'when, e.g. "Asia/Shanghai 1-5 08:00-18:00, 6-7 22:00-06:00" (1 is Monday)')
    .option('--segment-seconds <seconds>', 'length of its files', whole(2, 600))
    .option('--keep-hours <hours>', 'how long its recordings are kept', whole(1, 87_600))
    .option('--pre-roll <seconds>', 'on_event: recorded from before an event', whole(0, 60))
    .option('--post-roll <seconds>', 'on_event: recorded after the newest event', whole(1, 600))
    .option('--lat <degrees>', 'latitude', degrees(90))
    .option('--lon <degrees>', 'longitude', degrees(180))
    .option('--json', 'print the camera as one JSON object')
    .action(async (address: string | undefined, options: AddOptions, command: Command) => {
      if ((address === undefined) === (options.url === undefined))
        command.error('error: give either the address of the camera, or --url with its stream');
      const input = await toCameraInput(address, options);
      if (!input) {
        process.exitCode = 1;
        return;
      }
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

function registerRecordings(camera: Command): void {
  withData(camera.command('recordings').description('what a camera recorded on its own card (ONVIF profile G)'))
    .argument('<id>', 'as `camera list` shows it')
    .option('--from <time>', 'those that end after it, e.g. 2026-11-23T18:04:05Z', moment)
    .option('--to <time>', 'those that begin before it', moment)
    .option('--json', 'print them as one JSON object')
    .action(async (id: string, options: DataOptions & ListOptions) => {
      await withRegistry(options, (registry) => listRecordingsFromCli(registry, id, options));
    });
}

function registerFetch(camera: Command): void {
  withData(camera.command('fetch').description('fetch what a camera recorded on its own card, as files'))
    .argument('<id>', 'as `camera list` shows it')
    .requiredOption('--from <time>', 'from the key frame before it on, e.g. 2026-11-23T18:04:05Z', moment)
    .requiredOption('--to <time>', 'up to it', moment)
    .requiredOption('--out <folder>', 'where the files go')
    .option('--json', 'print the files as one JSON object')
    .action(async (id: string, options: DataOptions & FetchOptions, command: Command) => {
      if (options.to <= options.from) command.error('error: --to must be later than --from');
      await withRegistry(options, (registry) => fetchFromCli(registry, id, options));
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

function registerDiscover(camera: Command): void {
  camera
    .command('discover')
    .description('search the local network for cameras (WS-Discovery)')
    .option('--seconds <seconds>', 'how long to wait for answers', seconds(1, 60), 4)
    .option('--interface <name>', 'one network interface, e.g. eth0; all when left out')
    .option('--json', 'print the devices as one JSON object')
    .action((options: DiscoverOptions) => discoverFromCli(options));
}

function registerProbe(camera: Command): void {
  camera
    .command('probe')
    .description('try a camera step by step and say in one sentence what is wrong')
    .argument('<address>', 'host, host:port or http://… (looked at over ONVIF), or rtsp://host:port/path')
    .option('--username <name>', 'user name')
    .option('--password-env <variable>', 'environment variable that holds the password', variable)
    .addOption(transportOption())
    .addOption(certificateOption())
    .option('--json', 'print the result as one JSON object')
    .action(async (address: string, options: ProbeCommandOptions) => {
      const result = await probeFromCli(address, options);
      if (options.json)
        console.log(JSON.stringify({ ok: result.ok, steps: result.steps, found: withoutCredentials(result.found) }));
      else printProbe(result);
      if (!result.ok) process.exitCode = 1;
    });
}

import { randomBytes } from 'node:crypto';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import { phaseOfCamera, sceneClipFile } from '#ingest/simulator/demo-scenes.ts';
import { parseFaults } from '#ingest/simulator/faults.ts';
import { cameraId } from '#ingest/media.ts';
import { createLogger } from '#infra/runtime/logger.ts';
import { buildRoadNetwork, roadLinesOf } from '#storage/roads/road-network.ts';
import type { Storage } from '#storage/storage.ts';
import { startAllInOne } from '../processes/all-in-one.ts';
import { guardProcess } from '../processes/guard-process.ts';
import { checkListening } from '../processes/listening.ts';
import { readSettings } from '../processes/settings.ts';
import { endSoon, listenForStop, runUntilStopped } from '../processes/stop-signal.ts';
import { demoCameraRecord } from './demo-cameras.ts';
import { type DemoCamera, demoCameras, demoRoads } from './demo-city.ts';
import { demoErrors } from './errors.ts';

export interface DemoOptions {
  readonly cameras: string;
  readonly port: string;
  readonly data?: string;
  readonly clip?: string[];
  readonly faults?: string;
  readonly exitAfter?: string;
  readonly resetPassword?: boolean;
  readonly json?: boolean;
}

const MAX_CAMERAS = 200;

/** Simulated cameras, and the whole platform on them. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const count = wholeNumber('--cameras', options.cameras, 1, MAX_CAMERAS);
  const port = wholeNumber('--port', options.port, 0, 65_535);
  const exitAfterMs =
    options.exitAfter === undefined ? undefined : wholeNumber('--exit-after', options.exitAfter, 1, 1_000_000) * 1000;
  const say = (line: string): void => {
    if (!options.json) console.log(line);
  };
  const settings = readSettings(process.env, {
    dataFolder: options.data,
    defaultDataFolder: 'data/demo',
    // Short segments, so that what was just seen can be played back soon.
    overrides: { api: { port }, ingest: process.env['VANTAGE_INGEST_SEGMENT_SECONDS'] ? {} : { segmentSeconds: 6 } },
  });
  const log = createLogger({ level: process.env['VANTAGE_LOG_LEVEL'] ?? 'warn', pretty: process.stderr.isTTY });
  guardProcess(log);
  const stop = listenForStop();
  await checkListening({ host: settings.api.bindAddress, port });

  const places = demoCameras(count);
  const faults = parseFaults(options.faults ?? '', count);
  const simulator = new CameraSimulator({
    port: 0,
    cameras: places.map((place, index) => ({
      path: pathOf(index),
      clipFile: ownClip(place, index, options.clip) ?? sceneClipFile(place.scene),
      phaseMs: phaseOfCamera(index),
      faults: faults.get(index + 1),
    })),
    cacheFolder: `${settings.cacheFolder}/clips`,
    log,
  });
  say(`starting ${count} simulated cameras`);
  await simulator.start();
  try {
    const platform = await startAllInOne({
      settings,
      isDemo: true,
      log,
      onProgress: say,
      prepare: (storage) => seed(storage, places, simulator, options.clip),
    });
    try {
      const administrator =
        platform.firstAdministrator ?? (options.resetPassword ? await resetPassword(platform.storage) : undefined);
      if (options.json) {
        console.log(
          JSON.stringify({
            url: platform.url,
            username: 'admin',
            ...(administrator ? { password: administrator.password } : {}),
            dataFolder: settings.dataFolder,
          }),
        );
      } else {
        console.log(`\n  Vantage   ${platform.url}`);
        console.log(
          administrator
            ? `  sign in   ${administrator.username} / ${administrator.password}   (shown this once)`
            : '  sign in   admin, with the password shown at the first start (--reset-password makes a new one)',
        );
        if (platform.relayMissingReason)
          console.log(
            '  live      over the fallback (fMP4): the WebRTC relay is not built yet; it is used from the next start on',
          );
        console.log('  stop      Ctrl-C; recordings and events are kept\n');
      }
      await runUntilStopped(stop, exitAfterMs);
      say('stopping');
    } finally {
      await platform.close();
    }
  } finally {
    await simulator.close();
  }
  endSoon();
}

function pathOf(index: number): string {
  return `/cam/${index + 1}`;
}

/** One's own footage is played by the road cameras. */
function ownClip(place: DemoCamera, index: number, clips: readonly string[] | undefined): string | undefined {
  return place.scene === 'kitchen' ? undefined : clips?.[index % clips.length];
}

/** The demo's cameras with their addresses of this run, and the map; cameras of a larger run before are taken out. */
async function seed(
  storage: Storage,
  places: readonly DemoCamera[],
  simulator: CameraSimulator,
  clips: readonly string[] | undefined,
): Promise<void> {
  const roads = demoRoads();
  await storage.map.put(roads);
  await storage.roads.put(buildRoadNetwork(roadLinesOf(roads.features)));
  const known = new Map((await storage.cameras.list()).map((camera) => [camera.id as string, camera]));
  for (const [index, place] of places.entries()) {
    const isOwnClip = ownClip(place, index, clips) !== undefined;
    const { id, ...record } = await demoCameraRecord(place, { url: simulator.url(pathOf(index)), isOwnClip });
    const before = known.get(place.id);
    // What a person changed stays; only the address is this run's.
    if (before) await storage.cameras.update(id, { ...before, streams: record.streams });
    else await storage.cameras.create(record, id);
    known.delete(place.id);
  }
  for (const id of known.keys()) if (id.startsWith('demo-')) await storage.cameras.remove(cameraId(id));
}

async function resetPassword(storage: Storage): Promise<{ username: string; password: string }> {
  const user = await storage.users.find('admin');
  if (!user) throw demoErrors.DEMO_NO_ADMINISTRATOR();
  const password = randomBytes(12).toString('base64url');
  await storage.users.setPassword(user.userId, password);
  return { username: user.username, password };
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw demoErrors.OPTION_INVALID({ option, from: min, to: max });
  return value;
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { CameraState } from '#ingest/cameras/camera.ts';
import type { Still } from '#ingest/frames/still-cache.ts';
import type { StreamHub } from '#ingest/hub/stream-hub.ts';
import type { AccessUnit } from '#ingest/media.ts';
import type { PtzCommand } from '#ingest/onvif/camera-control.ts';
import type { ImagingSettings } from '#ingest/onvif/imaging.ts';
import type { PtzPreset } from '#ingest/onvif/ptz.ts';
import type { AppError } from '#infra/runtime/app-error.ts';
import { MemoryBus } from '#infra/runtime/bus.ts';
import { type Clock, systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { type Log, silentLog } from '#infra/runtime/logger.ts';
import { Metrics } from '#infra/runtime/metrics.ts';
import { openTestStorage } from '#storage/testing/test-database.ts';
import type { Storage } from '#storage/storage.ts';
import { ROLES, type Role } from '#storage/users/user-repository.ts';
import { streamingConfigSchema } from '#streaming/config.ts';
import type { ApiDeps, CameraGateway } from '../api-deps.ts';
import { buildApp } from '../app.ts';
import { apiConfigSchema } from '../config.ts';
import type { RunTrial } from '../kitchen-setup/trial-queue.ts';
import { LiveFeed } from '../live-feed.ts';
import { SESSION_COOKIE } from '../plugins/auth.ts';

export const PASSWORD = 'a password that is long enough';

/** Cameras that are there when a test puts a hub in. */
export class FakeCameras implements CameraGateway {
  readonly hubs = new Map<string, StreamHub>();
  readonly changed: string[] = [];
  /** What the next probe finds. */
  found: Awaited<ReturnType<CameraGateway['probe']>>['found'];
  /** What was asked of the cameras, in order. */
  readonly steered: { readonly cameraId: string; readonly command: PtzCommand | 'synchronize' }[] = [];

  /** What was kept in the cameras, in order. */
  readonly setUp: object[] = [];

  hub(cameraId: string): StreamHub | undefined {
    return this.hubs.get(cameraId);
  }

  stream(cameraId: string, kind: 'main' | 'sub'): StreamHub | undefined {
    return kind === 'main' ? this.hubs.get(cameraId) : undefined;
  }

  askKeyFrame(): void {}

  state(_cameraId: string): CameraState | undefined {
    return undefined;
  }

  /** How the next probe fails, at its second step. */
  failure: AppError | undefined;

  async probe({ onStep }: Parameters<CameraGateway['probe']>[0]): ReturnType<CameraGateway['probe']> {
    onStep?.({ step: 'address', ok: true });
    const failed = this.failure && { step: 'reached' as const, ok: false, errorCode: this.failure.code };
    return {
      ok: failed === undefined,
      steps: [{ step: 'address', ok: true }, ...(failed ? [failed] : [])],
      error: this.failure,
      format: undefined,
      keyFrame: undefined,
      found: this.found,
    };
  }

  async discover(): ReturnType<CameraGateway['discover']> {
    return [];
  }

  async steer(cameraId: string, command: PtzCommand): Promise<void> {
    this.steered.push({ cameraId, command });
  }

  async presets(): ReturnType<CameraGateway['presets']> {
    return [{ token: 'preset-1', name: 'Gate' }];
  }

  async keepPreset(cameraId: string, name: string): Promise<string> {
    this.setUp.push({ cameraId, kept: name });
    return 'preset-2';
  }

  async renamePreset(cameraId: string, renamed: PtzPreset): Promise<void> {
    this.setUp.push({ cameraId, renamed });
  }

  async removePreset(cameraId: string, removed: string): Promise<void> {
    this.setUp.push({ cameraId, removed });
  }

  async imaging(): ReturnType<CameraGateway['imaging']> {
    const range = { minimum: 0, maximum: 100 };
    return {
      settings: { brightness: 50, irCutFilter: 'AUTO', focusMode: 'AUTO' },
      options: {
        ...{ brightness: range, contrast: undefined, saturation: undefined, sharpness: undefined },
        ...{ irCutFilters: ['ON', 'AUTO'], focusModes: ['AUTO'] },
      },
    };
  }

  async setImaging(cameraId: string, set: ImagingSettings): ReturnType<CameraGateway['setImaging']> {
    this.setUp.push({ cameraId, set });
    return await this.imaging();
  }

  async synchronize(cameraId: string): Promise<void> {
    this.steered.push({ cameraId, command: 'synchronize' });
  }

  async still(_cameraId: string, _stream: string, { wallMs }: AccessUnit): Promise<Still> {
    return { jpeg: Buffer.from('jpeg'), wallMs };
  }

  async decode(): Promise<Buffer> {
    return Buffer.from('jpeg');
  }

  /** Seen in any picture; undefined: the models are not there. */
  persons: number | undefined = 0;

  async personsIn(): Promise<number | undefined> {
    return this.persons;
  }

  async cameraChanged(cameraId: string): Promise<void> {
    this.changed.push(cameraId);
  }
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly storage: Storage;
  readonly cameras: FakeCameras;
  readonly feed: LiveFeed;
  readonly recordingFolder: string;
  readonly databaseUrl: string;
  /** A Cookie header of a signed-in user of this role; the user's name is the role's. */
  cookie(role: Role): string;
  close(): Promise<void>;
}

/** The real app on real storage, with a user of each role; only the cameras are made up. */
export async function openTestApp(
  serverUrl: string,
  options: {
    readonly config?: Readonly<Record<string, unknown>>;
    /** Of the app; storage has the system's. */
    readonly clock?: Clock;
    readonly log?: Log;
    readonly streaming?: Readonly<Record<string, unknown>>;
    /** Default: a trial ends at once and finds nothing. */
    readonly runTrial?: RunTrial;
    /** Items that an installed model judges. */
    readonly modelItems?: readonly string[];
    /** Made for the app's own cameras. @default none */
    readonly relay?: (cameras: FakeCameras) => ApiDeps['relay'];
  } = {},
): Promise<TestApp> {
  const { storage, url, close } = await openTestStorage(serverUrl);
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-app-'));
  const uiFolder = path.join(folder, 'ui');
  const recordingFolder = path.join(folder, 'recordings');
  await mkdir(path.join(uiFolder, 'assets'), { recursive: true });
  await mkdir(recordingFolder);
  await writeFile(path.join(uiFolder, 'index.html'), '<!doctype html><title>the page</title>');
  await writeFile(path.join(uiFolder, 'assets', 'app-1234.js'), 'export {};');
  const cookies = new Map<Role, string>();
  for (const role of ROLES) {
    const { userId } = await storage.users.create({ username: role, role, password: PASSWORD });
    cookies.set(role, `${SESSION_COOKIE}=${(await storage.sessions.create(userId)).token}`);
  }
  const cameras = new FakeCameras();
  const feed = new LiveFeed();
  const app = await buildApp(
    {
      config: readConfig('api', apiConfigSchema, {}, { signInsPerMinute: 1000, ...options.config }),
      streamingConfig: readConfig('streaming', streamingConfigSchema, {}, options.streaming),
      storage,
      cameras,
      relay: options.relay?.(cameras),
      bus: new MemoryBus((error) => {
        throw error;
      }),
      recordingFolder,
      kitchenTrials: {
        modelItems: () => Promise.resolve(options.modelItems ?? []),
        settings: { maxWidthPx: 640, trackEndMs: 2500, detectionThreshold: 0.3, skipUnchanged: true },
        run: options.runTrial ?? (() => Promise.resolve({ pictures: 0, faultyPictures: 0, unread: [], rules: [] })),
      },
      exportFolder: path.join(folder, 'exports'),
      uiFolder,
      metrics: new Metrics(),
      clock: options.clock ?? systemClock,
      log: options.log ?? silentLog,
      version: '1.2.3',
      systemStatus: async () => ({
        isDemo: false,
        notices: [],
        cameras: { total: 0, live: 0 },
        spooledEvents: storage.writer.pendingCount(),
        diskFreeBytes: 0,
        recordingDefaults: { segmentSeconds: 60, retentionHours: 72 },
      }),
    },
    feed,
  );
  return {
    app,
    storage,
    cameras,
    feed,
    recordingFolder,
    databaseUrl: url,
    cookie(role) {
      const cookie = cookies.get(role);
      if (cookie === undefined) throw new Error(`no user is ${role}`);
      return cookie;
    },
    async close() {
      await app.close();
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

import { toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Camera, CameraOnvif } from '../cameras/camera.ts';
import { ingestErrors } from '../errors.ts';
import type { CameraId } from '../media.ts';
import { type ImagingOptions, type ImagingSettings, readImaging, readImagingOptions, setImaging } from './imaging.ts';
import { readProfiles, setSynchronizationPoint } from './media-profiles.ts';
import { OnvifDevice } from './onvif-device.ts';
import { whenAtRest } from './ptz-rest.ts';
import * as ptz from './ptz.ts';

export type PtzCommand =
  | { readonly action: 'continuous'; readonly speed: ptz.PtzVector; readonly durationMs: number }
  | { readonly action: 'absolute'; readonly position: ptz.PtzVector }
  | { readonly action: 'relative'; readonly translation: ptz.PtzVector }
  | { readonly action: 'preset'; readonly preset: string }
  | { readonly action: 'stop' };

/** How a camera makes its pictures, and what of that can be set. */
export interface CameraImaging {
  readonly settings: ImagingSettings;
  readonly options: ImagingOptions;
}

export interface CameraControlDeps {
  readonly timeoutMs: number;
  readonly verifyTls: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

interface Connection {
  readonly device: OnvifDevice;
  readonly connected: Promise<void>;
  /** Its lens, once it was asked for. */
  videoSource: string | undefined;
  /** Calls go one after another: a stop must not overtake the move before it. */
  last: Promise<unknown>;
  waiting: number;
}

/** Errors that say nothing of the connection. */
const KEEPS_CONNECTION: ReadonlySet<string> = new Set(['ONVIF_REFUSED', 'ONVIF_UNSUPPORTED', 'IMAGING_OUT_OF_RANGE']);
const MAX_CONNECTIONS = 200;
const STOP_TRIES = 3;
const MAX_WAITING = 8;

/**
 * Steers cameras and asks them for key frames, over ONVIF. A continuous move always ends: by the next command, or when its time is over, for
 * which both the device and we keep a clock.
 */
export class CameraControl {
  readonly #deps: CameraControlDeps;
  readonly #connections = new Map<CameraId, Connection>();
  readonly #moves = new Map<CameraId, { readonly timer: { cancel(): void }; readonly camera: Camera }>();

  constructor(deps: CameraControlDeps) {
    this.#deps = deps;
  }

  /** @throws {AppError} `CAMERA_NOT_ONVIF`, and what every call to a device may throw */
  async steer(camera: Camera, command: PtzCommand): Promise<void> {
    // First of all: an old timer must not end the new move.
    this.#endMove(camera.id);
    if (command.action === 'continuous') this.#beginMove(camera, command.durationMs);
    await this.#with(camera, async (device, { main: { token } }) => {
      switch (command.action) {
        case 'continuous':
          return await ptz.continuousMove(device, token, { speed: command.speed, timeoutMs: command.durationMs });
        case 'absolute':
          return await ptz.absoluteMove(device, token, command.position);
        case 'relative':
          return await ptz.relativeMove(device, token, command.translation);
        case 'preset':
          return await ptz.gotoPreset(device, token, command.preset);
        case 'stop':
          return await ptz.stopMove(device, token);
      }
    });
  }

  async presets(camera: Camera): Promise<readonly ptz.PtzPreset[]> {
    return await this.#with(camera, (device, { main }) => ptz.readPresets(device, main.token));
  }

  /** Keeps where the camera looks now. @returns its token */
  async keepPreset(camera: Camera, name: string): Promise<string> {
    return await this.#with(camera, (device, { main }) => ptz.setPreset(device, main.token, { name }));
  }

  /**
   * The standard has no way to change a name alone: the camera turns to the preset first, and keeps it anew.
   * @throws {AppError} `ONVIF_TIMEOUT` when it does not come to rest there
   */
  async renamePreset(camera: Camera, { token, name }: ptz.PtzPreset): Promise<void> {
    this.#endMove(camera.id);
    await this.#with(camera, async (device, { main }) => {
      await ptz.gotoPreset(device, main.token, token);
      await whenAtRest(() => ptz.readPtzStatus(device, main.token), this.#deps.clock);
      await ptz.setPreset(device, main.token, { name, token });
    });
  }

  async removePreset(camera: Camera, token: string): Promise<void> {
    await this.#with(camera, (device, { main }) => ptz.removePreset(device, main.token, token));
  }

  async imaging(camera: Camera): Promise<CameraImaging> {
    return await this.#with(camera, async (device, onvif, connection) => {
      const source = await this.#videoSource(device, onvif, connection);
      return { settings: await readImaging(device, source), options: await readImagingOptions(device, source) };
    });
  }

  /**
   * Sets what is given, and tells how it is then.
   * @throws {AppError} `IMAGING_OUT_OF_RANGE`
   */
  async setImaging(camera: Camera, wanted: ImagingSettings): Promise<CameraImaging> {
    return await this.#with(camera, async (device, onvif, connection) => {
      const source = await this.#videoSource(device, onvif, connection);
      const options = await readImagingOptions(device, source);
      requireWithin(wanted, options);
      await setImaging(device, source, wanted);
      return { settings: await readImaging(device, source), options };
    });
  }

  /** Asks for a key frame of each stream that is known. */
  async synchronize(camera: Camera): Promise<void> {
    await this.#with(camera, async (device, { main, sub }) => {
      for (const profile of sub ? [main, sub] : [main]) await setSynchronizationPoint(device, profile);
    });
  }

  /** The camera changed or is gone. */
  forget(id: CameraId): void {
    this.#connections.get(id)?.device.close();
    this.#connections.delete(id);
  }

  /** Stops what still moves. */
  async close(): Promise<void> {
    const moving = [...this.#moves.values()];
    await Promise.all(
      moving.map(async ({ camera }) => {
        this.#endMove(camera.id);
        await this.#stop(camera);
      }),
    );
    for (const id of [...this.#connections.keys()]) this.forget(id);
  }

  async #videoSource(device: OnvifDevice, { main }: CameraOnvif, connection: Connection): Promise<string> {
    connection.videoSource ??= (await readProfiles(device)).find(({ token }) => token === main.token)?.videoSource;
    if (connection.videoSource === undefined) throw ingestErrors.ONVIF_UNSUPPORTED({ detail: 'no video source' });
    return connection.videoSource;
  }

  #beginMove(camera: Camera, durationMs: number): void {
    const timer = this.#deps.clock.setTimeout(() => {
      this.#moves.delete(camera.id);
      void this.#stop(camera);
    }, durationMs);
    this.#moves.set(camera.id, { timer, camera });
  }

  #endMove(id: CameraId): void {
    this.#moves.get(id)?.timer.cancel();
    this.#moves.delete(id);
  }

  /** Never throws: nobody waits for it. */
  async #stop(camera: Camera): Promise<void> {
    for (let left = STOP_TRIES; left > 0; left--) {
      // A new move has its own end.
      if (this.#moves.has(camera.id)) return;
      try {
        await this.#with(camera, (device, { main }) => ptz.stopMove(device, main.token));
        return;
      } catch (error) {
        const { code } = toAppError(error);
        if (left === 1)
          this.#deps.log.warn({ cameraId: camera.id, errorCode: code }, 'a moving camera could not be stopped');
      }
    }
  }

  async #with<T>(
    camera: Camera,
    work: (device: OnvifDevice, onvif: CameraOnvif, connection: Connection) => Promise<T>,
  ): Promise<T> {
    const { onvif } = camera;
    if (!onvif) throw ingestErrors.CAMERA_NOT_ONVIF({ cameraId: camera.id });
    const connection = this.#connection(camera, onvif);
    if (connection.waiting >= MAX_WAITING) throw ingestErrors.ONVIF_TIMEOUT({ cameraId: camera.id, detail: 'busy' });
    connection.waiting++;
    const call = connection.last.then(async () => {
      await connection.connected;
      return await work(connection.device, onvif, connection);
    });
    connection.last = call.catch(() => undefined);
    try {
      return await call;
    } catch (error) {
      // Its clock, its services or its password may be others now: the next call begins anew.
      const { code } = toAppError(error);
      if (!KEEPS_CONNECTION.has(code) && this.#connections.get(camera.id) === connection) this.forget(camera.id);
      throw error;
    } finally {
      connection.waiting--;
    }
  }

  #connection(camera: Camera, { serviceUrl }: CameraOnvif): Connection {
    const { id, username, password = '' } = camera;
    const known = this.#connections.get(id);
    if (known) {
      this.#connections.delete(id);
      this.#connections.set(id, known);
      return known;
    }
    const [oldest] = this.#connections.keys();
    if (oldest !== undefined && this.#connections.size >= MAX_CONNECTIONS) this.forget(oldest);
    const credentials = username === undefined ? undefined : { username, password };
    const device = new OnvifDevice({ ...this.#deps, serviceUrl, credentials });
    const connection: Connection = {
      device,
      connected: device.connect(),
      videoSource: undefined,
      last: Promise.resolve(),
      waiting: 0,
    };
    // Whoever asked for it hears of a failure.
    connection.connected.catch(() => undefined);
    this.#connections.set(id, connection);
    return connection;
  }
}

/** @throws {AppError} `IMAGING_OUT_OF_RANGE` */
function requireWithin(wanted: ImagingSettings, options: ImagingOptions): void {
  for (const field of ['brightness', 'contrast', 'saturation', 'sharpness'] as const) {
    const value = wanted[field];
    if (value === undefined) continue;
    const range = options[field];
    if (!range || value < range.minimum || value > range.maximum)
      throw ingestErrors.IMAGING_OUT_OF_RANGE({ field, value, minimum: range?.minimum, maximum: range?.maximum });
  }
  const { irCutFilter } = wanted;
  if (irCutFilter !== undefined && !options.irCutFilters.includes(irCutFilter))
    throw ingestErrors.IMAGING_OUT_OF_RANGE({ field: 'irCutFilter', value: irCutFilter });
}

import { toAppError } from '#infra/runtime/app-error.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';
import type { CameraSimulator } from './camera-simulator.ts';
import type { OnvifCardRecording } from './onvif-model.ts';
import type { SimulatedCard } from './simulated-card.ts';
import { SimulatedOnvifDevice } from './onvif-device.ts';
import { OnvifDiscoveryResponder } from './onvif-discovery-responder.ts';

export interface OnvifDevicesOptions {
  /** Started already. */
  readonly simulator: CameraSimulator;
  readonly cameras: readonly { readonly path: string; readonly clockOffsetMs?: number | undefined }[];
  /** Of the first device; 0 takes any free ones. */
  readonly port: number;
  readonly bind: string;
  readonly credentials: Credentials | undefined;
  readonly log: Log;
  /** @default 3702 */
  readonly discoveryPort?: number;
}

export interface OnvifDevices {
  /** In the order of the cameras. */
  readonly devices: readonly SimulatedOnvifDevice[];
  close(): Promise<void>;
}

const MOTION = { everyMs: 30_000, lastsMs: 5000 };

/**
 * Makes each simulated camera an ONVIF device with one profile, a motion alarm every half minute and an answer to searches.
 * @throws {AppError} `SIMULATOR_PORT_BUSY`
 */
export async function startOnvifDevices(options: OnvifDevicesOptions): Promise<OnvifDevices> {
  const { simulator, cameras, port, bind, credentials, log, discoveryPort } = options;
  const devices = cameras.map(({ path, clockOffsetMs }, index) => {
    const card = simulator.card(path);
    return new SimulatedOnvifDevice({
      port: port === 0 ? 0 : port + index,
      bind,
      credentials,
      name: `Simulated camera ${index + 1}`,
      serialNumber: String(index + 1),
      motion: MOTION,
      clockOffsetMs: clockOffsetMs ?? 0,
      recordings: card ? [cardRecording(simulator.cardUrl(path), card, clockOffsetMs ?? 0)] : [],
      streams: [{ token: 'main', name: 'Main', rtspUrl: simulator.url(path), ...simulator.video(path) }],
    });
  });
  const responder = new OnvifDiscoveryResponder({
    devices,
    bind,
    ...(discoveryPort === undefined ? {} : { port: discoveryPort }),
  });
  const close = async (): Promise<void> => {
    await responder.close();
    await Promise.all(devices.map((device) => device.close()));
  };
  try {
    for (const device of devices) await device.start();
  } catch (error) {
    await close();
    throw error;
  }
  try {
    await responder.start();
  } catch (error) {
    log.warn({ errorCode: toAppError(error).code }, 'the simulated devices answer, but searches do not find them');
  }
  return { devices, close };
}

/** One recording that goes on; holes in it show only when it is played back, as with real devices. */
function cardRecording(rtspUrl: string, card: SimulatedCard, clockOffsetMs: number): OnvifCardRecording {
  const nowMs = (): number => systemClock.nowMs();
  return {
    token: 'card',
    rtspUrl,
    get fromMs() {
      return card.earliestMs(nowMs()) + clockOffsetMs;
    },
    get untilMs() {
      return nowMs() + clockOffsetMs;
    },
  };
}

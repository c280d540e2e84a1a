import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import { findDeviceService } from '../onvif/find-service.ts';
import { chooseStreams, type MediaProfile, readProfiles, readStreamUrl } from '../onvif/media-profiles.ts';
import { type DeviceInformation, OnvifDevice } from '../onvif/onvif-device.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';
import type { CameraOnvif, StreamSource } from './camera.ts';
import { type CameraAddress, isRtspAddress, parseCameraAddress } from './camera-address.ts';
import {
  probeCamera,
  type ProbeOptions,
  type ProbeResult,
  type ProbeStep,
  type ProbeStepName,
} from './camera-probe.ts';
import { guessStream } from './stream-guess.ts';

export interface FoundStream extends StreamSource {
  /** Undefined when the address was guessed. */
  readonly profile: MediaProfile | undefined;
}

/** All that is needed to add the camera, but for its name. */
export interface FoundCamera {
  readonly streams: readonly FoundStream[];
  readonly onvif: CameraOnvif | undefined;
  readonly information: DeviceInformation | undefined;
  readonly profiles: readonly MediaProfile[];
  /** How far its clock is ahead of ours. */
  readonly clockOffsetMs: number | undefined;
  /** What stood in the address, or was given. */
  readonly credentials: Credentials | undefined;
}

export interface AddressProbeResult extends ProbeResult {
  readonly found: FoundCamera | undefined;
}

export interface AddressProbeOptions extends ProbeOptions {
  readonly verifyTls: boolean;
  /** Where to look when the address has no port; the usual ones when left out. */
  readonly onvifPorts?: readonly number[];
  /** @default 3702 */
  readonly discoveryPort?: number;
  readonly rtspPorts?: readonly number[];
}

/** Recordings and events are told with the time of the camera: more than this is worth a word. */
export const CLOCK_TOLERANCE_MS = 2000;

/** Grows by the steps that are passed. */
interface Steps {
  readonly list: ProbeStep[];
  pass(...steps: readonly ProbeStep[]): void;
}

function collectSteps(onStep: ProbeOptions['onStep']): Steps {
  const list: ProbeStep[] = [];
  return {
    list,
    pass(...steps) {
      list.push(...steps);
      for (const step of steps) onStep?.(step);
    },
  };
}

/**
 * Tries a camera step by step, from what a person knows of it to its first picture: an RTSP address as it is; anything else as an ONVIF
 * device, and when it is none, as one of the RTSP addresses that makers use. Never throws; always leaves the camera again.
 */
export async function probeAddress(options: AddressProbeOptions, signal?: AbortSignal): Promise<AddressProbeResult> {
  if (isRtspAddress(options.url)) return { ...(await probeCamera(options, signal)), found: undefined };
  const steps = collectSteps(options.onStep);
  let address: CameraAddress;
  try {
    address = parseCameraAddress(options.url);
  } catch (error) {
    return failed(steps, 'address', toAppError(error));
  }
  steps.pass({ step: 'address', ok: true });
  const credentials = options.credentials ?? address.credentials;
  try {
    const serviceUrl = await findDeviceService({
      address,
      timeoutMs: options.connectTimeoutMs,
      verifyTls: options.verifyTls,
      clock: options.clock,
      signal,
      discoveryPort: options.discoveryPort,
      ...(options.onvifPorts ? { ports: options.onvifPorts } : {}),
    });
    const { host } = new URL(serviceUrl);
    steps.pass({ step: 'reached', ok: true, detail: host }, { step: 'onvif', ok: true, detail: serviceUrl });
    return await probeDevice({ ...options, credentials }, { serviceUrl, steps, signal });
  } catch (error) {
    // Of the addresses that are tried, only the one that works is worth a word.
    const guessed = await guessStream(
      { ...options, host: address.host, port: address.port, credentials, onStep: undefined },
      signal,
    );
    if (guessed) return withGuess(steps, guessed, credentials);
    const known = toAppError(error);
    if (known.code !== 'ONVIF_NOT_FOUND') return failed(steps, 'reached', known);
    steps.pass({ step: 'reached', ok: true, detail: address.host });
    return failed(steps, 'onvif', known);
  }
}

async function probeDevice(
  options: AddressProbeOptions,
  {
    serviceUrl,
    steps,
    signal,
  }: { readonly serviceUrl: string; readonly steps: Steps; readonly signal: AbortSignal | undefined },
): Promise<AddressProbeResult> {
  const { credentials } = options;
  const device = new OnvifDevice({ ...options, serviceUrl, timeoutMs: options.connectTimeoutMs });
  try {
    await device.connect(signal);
    const information = await device.information(signal);
    const clock = describeOffset(device.clockOffsetMs);
    const detail = [information.manufacturer, information.model, clock].filter((part) => part !== '').join(' ');
    steps.pass({ step: 'signed_in', ok: true, detail });
    const profiles = await readProfiles(device, signal);
    const chosen = chooseStreams(profiles);
    if (!chosen) throw ingestErrors.ONVIF_NO_PROFILE({ profiles: profiles.length });
    const streams: FoundStream[] = [];
    for (const kind of ['main', 'sub'] as const) {
      const profile = chosen[kind];
      if (profile) streams.push({ kind, profile, url: await readStreamUrl(device, profile, { signal }) });
    }
    steps.pass({ step: 'profiles', ok: true, detail: streams.map(describeStream).join(', ') });
    const found: FoundCamera = {
      streams,
      information,
      profiles,
      credentials,
      clockOffsetMs: device.clockOffsetMs,
      onvif: {
        serviceUrl,
        main: pick(chosen.main),
        ...(chosen.sub ? { sub: pick(chosen.sub) } : {}),
        hasPtz: device.offers('ptz') && chosen.main.hasPtz,
        hasRecordings: device.offers('search') && device.offers('replay'),
        hasEvents: device.offers('events'),
      },
    };
    return await probeStream(options, { steps, found, signal });
  } catch (error) {
    return failed(steps, steps.list.at(-1)?.step === 'signed_in' ? 'profiles' : 'signed_in', toAppError(error));
  } finally {
    device.close();
  }
}

/** From the stream address to the first picture; what comes before it is one step here. */
async function probeStream(
  options: AddressProbeOptions,
  {
    steps,
    found,
    signal,
  }: { readonly steps: Steps; readonly found: FoundCamera; readonly signal: AbortSignal | undefined },
): Promise<AddressProbeResult> {
  const url = found.streams[0]?.url ?? '';
  const { onStep } = options;
  const rtsp = await probeCamera(
    {
      ...options,
      url,
      onStep: (step) => {
        // The camera described its stream: all before that is one step here, and it is passed.
        if (step.step === 'profile') onStep?.({ step: 'rtsp', ok: true, detail: url });
        if (step.step === 'profile' || step.step === 'picture') onStep?.(step);
      },
    },
    signal,
  );
  const early = rtsp.steps.find(({ step, ok }) => !ok && step !== 'profile' && step !== 'picture');
  const late = rtsp.steps.filter(({ step }) => step === 'profile' || step === 'picture');
  const first: ProbeStep = early ? { ...early, step: 'rtsp', detail: url } : { step: 'rtsp', ok: true, detail: url };
  return { ...rtsp, steps: [...steps.list, first, ...late], found };
}

function withGuess(
  steps: Steps,
  { url, result }: { readonly url: string; readonly result: ProbeResult },
  credentials: Credentials | undefined,
): AddressProbeResult {
  const later = result.steps.filter(({ step }) => step !== 'address');
  const told = later.map((one) =>
    one.step === 'rtsp' ? { ...one, detail: `${url} (no ONVIF; a usual address)` } : one,
  );
  const found: FoundCamera = {
    streams: [{ kind: 'main', url, profile: undefined }],
    onvif: undefined,
    information: undefined,
    profiles: [],
    clockOffsetMs: undefined,
    credentials,
  };
  return { ...result, steps: [...steps.list, ...told], found: result.ok ? found : undefined };
}

function failed(steps: Steps, step: ProbeStepName, error: AppError): AddressProbeResult {
  const failure: ProbeStep = { step, ok: false, errorCode: error.code };
  return {
    ok: false,
    steps: [...steps.list, failure],
    error,
    format: undefined,
    keyFrame: undefined,
    found: undefined,
  };
}

function pick({ service, token }: MediaProfile): CameraOnvif['main'] {
  return { service, token };
}

function describeStream({ kind, profile }: FoundStream): string {
  return profile ? `${kind} ${profile.codec} ${profile.widthPx}x${profile.heightPx}` : kind;
}

function describeOffset(offsetMs: number | undefined): string {
  if (offsetMs === undefined || Math.abs(offsetMs) <= CLOCK_TOLERANCE_MS) return '';
  return `(clock ${Math.abs(offsetMs / 1000).toFixed(0)} s ${offsetMs > 0 ? 'ahead' : 'behind'})`;
}

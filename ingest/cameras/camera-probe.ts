import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import type { AccessUnit, VideoFormat } from '../media.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';
import type { TransportChoice } from './camera.ts';
import { RtspSession, type SessionStage } from '../rtsp/rtsp-session.ts';
import type { CameraTrust } from '../rtsp/rtsp-socket.ts';
import { parseRtspUrl } from '../rtsp/rtsp-url.ts';

/** In this order; the first that fails is the last that is reported. */
export type ProbeStepName = 'address' | 'reached' | 'onvif' | 'signed_in' | 'profiles' | 'rtsp' | 'profile' | 'picture';

export interface ProbeStep {
  readonly step: ProbeStepName;
  readonly ok: boolean;
  /** Code of docs/errors.md. */
  readonly errorCode?: string;
  /** What was found, e.g. `avc1.640028 1920x1080`. */
  readonly detail?: string;
}

export interface ProbeResult {
  readonly ok: boolean;
  readonly steps: readonly ProbeStep[];
  readonly error: AppError | undefined;
  readonly format: VideoFormat | undefined;
  /** The first picture, to be decoded and shown. */
  readonly keyFrame: AccessUnit | undefined;
}

export interface ProbeOptions {
  /** Credentials in it are used when `credentials` is undefined. */
  readonly url: string;
  readonly credentials: Credentials | undefined;
  /** @default auto */
  readonly transport?: TransportChoice | undefined;
  /** For rtsps. @default the authorities of the system */
  readonly trust?: CameraTrust | undefined;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  /** How long to wait for a key frame; 10 s when left out. */
  readonly pictureTimeoutMs?: number;
  /** Told of each step as it is passed, so that a page can show it at once. The one that fails is in the result. */
  readonly onStep?: ((step: ProbeStep) => void) | undefined;
}

const DEFAULT_PICTURE_TIMEOUT_MS = 10_000;
const STEP_OF_STAGE: Readonly<Record<SessionStage, ProbeStepName | undefined>> = {
  reached: 'reached',
  spoke_rtsp: 'rtsp',
  signed_in: 'signed_in',
  described: 'profile',
  playing: undefined,
};
const ORDER: readonly ProbeStepName[] = ['address', 'reached', 'rtsp', 'signed_in', 'profile', 'picture'];

/** Tries a camera step by step, from its address to its first picture. Never throws; always leaves the camera again. */
export async function probeCamera(options: ProbeOptions, signal?: AbortSignal): Promise<ProbeResult> {
  const done = new Set<ProbeStepName>();
  const details = new Map<ProbeStepName, string>();
  const picture = Promise.withResolvers<AccessUnit>();
  let session: RtspSession | undefined;
  let error: AppError | undefined;
  let keyFrame: AccessUnit | undefined;
  try {
    const address = parseRtspUrl(options.url);
    done.add('address');
    options.onStep?.({ step: 'address', ok: true });
    details.set('reached', `${address.host}:${address.port}`);
    session = new RtspSession({
      ...options,
      url: address.url,
      credentials: options.credentials ?? address.credentials,
      stallTimeoutMs: options.pictureTimeoutMs ?? DEFAULT_PICTURE_TIMEOUT_MS,
      onStage: (stage) => {
        const step = STEP_OF_STAGE[stage];
        if (!step || done.has(step)) return;
        done.add(step);
        options.onStep?.({ step, ok: true });
      },
      onAccessUnit: (unit) => {
        if (unit.isKeyFrame && !unit.damaged) picture.resolve(unit);
      },
    });
    await session.start(signal ?? new AbortController().signal);
    keyFrame = await firstPicture(session, picture.promise, options);
    done.add('picture');
    details.set('picture', `${keyFrame.sizeBytes} bytes over ${session.transport}`);
  } catch (thrown) {
    error = toAppError(thrown);
    // Who asks for a password speaks RTSP.
    if (error.code === 'RTSP_AUTH_REJECTED') done.add('rtsp');
    const { certificateSha256 } = error.context;
    // To be compared with what the camera's own page shows, and then stored with the camera.
    if (certificateSha256 !== undefined)
      details.set('reached', `${details.get('reached')} SHA-256 ${certificateSha256}`);
  } finally {
    await session?.close();
  }
  const format = keyFrame?.format ?? session?.format;
  if (format) details.set('profile', `${format.codecString} ${format.widthPx}x${format.heightPx}`);
  return { ok: error === undefined, steps: listSteps(done, details, error), error, format, keyFrame };
}

async function firstPicture(
  session: RtspSession,
  picture: Promise<AccessUnit>,
  { clock, pictureTimeoutMs = DEFAULT_PICTURE_TIMEOUT_MS }: ProbeOptions,
): Promise<AccessUnit> {
  const late = Promise.withResolvers<undefined>();
  const timer = clock.setTimeout(() => late.resolve(undefined), pictureTimeoutMs);
  try {
    const first = await Promise.race([picture, session.ended, late.promise]);
    if (first && 'nalUnits' in first) return first;
    throw first ?? ingestErrors.STREAM_STALLED({ detail: 'no key frame' });
  } finally {
    timer.cancel();
  }
}

function listSteps(
  done: ReadonlySet<ProbeStepName>,
  details: ReadonlyMap<ProbeStepName, string>,
  error: AppError | undefined,
): readonly ProbeStep[] {
  const steps: ProbeStep[] = [];
  for (const step of ORDER) {
    const ok = done.has(step);
    const detail = details.get(step);
    steps.push({ step, ok, ...(ok || !error ? {} : { errorCode: error.code }), ...(detail ? { detail } : {}) });
    if (!ok) break;
  }
  return steps;
}

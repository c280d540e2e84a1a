import type { Camera } from '#ingest/cameras/camera.ts';
import type { RecordingMode, RecordingPolicy } from '#ingest/recorder/recording-policy.ts';
import type { Credentials } from '#ingest/rtsp/rtsp-auth.ts';
import type { ConnectionOptions } from './options.ts';
import { printProbe, probeFromCli } from './probe-camera.ts';

export interface CameraInputOptions extends ConnectionOptions {
  readonly name?: string;
  readonly url?: string;
  readonly subUrl?: string;
  readonly number: string;
  readonly area: string;
  readonly scene: 'road' | 'kitchen';
  readonly record: RecordingMode;
  readonly schedule?: string;
  readonly segmentSeconds?: number;
  readonly keepHours?: number;
  readonly preRoll?: number;
  readonly postRoll?: number;
  readonly lat?: number;
  readonly lon?: number;
}

type Source = Pick<Camera, 'streams' | 'onvif'> & {
  readonly credentials: Credentials | undefined;
  readonly defaultName: string;
};

/**
 * The camera as the registry keeps it: by its stream addresses as they are given, or by its address alone, from what a probe finds.
 * @returns undefined when the probe failed and has said why
 * @throws {AppError} `CAMERA_URL_INVALID`, `RECORDING_SCHEDULE_INVALID`
 */
export async function toCameraInput(
  address: string | undefined,
  options: CameraInputOptions,
): Promise<Omit<Camera, 'id'> | undefined> {
  const recording = await policyOf(options);
  const source = address === undefined ? await fromUrls(options) : await fromProbe(address, options);
  if (!source) return undefined;
  const { credentials, defaultName, streams, onvif } = source;
  return {
    name: options.name ?? defaultName.slice(0, 80),
    number: options.number,
    area: options.area,
    scene: options.scene,
    latitude: options.lat,
    longitude: options.lon,
    streams,
    onvif,
    username: options.username ?? credentials?.username,
    password: options.passwordEnv ?? credentials?.password,
    transport: options.transport,
    certificateSha256: options.certificateSha256,
    recording,
    analysis: { mode: 'fps', fps: options.scene === 'kitchen' ? 2 : 3 },
    rules: [],
  };
}

async function policyOf(options: CameraInputOptions): Promise<RecordingPolicy> {
  const [{ recordingPolicy }, { parseSchedule }] = await Promise.all([
    import('#ingest/recorder/recording-policy.ts'),
    import('#ingest/recorder/recording-schedule.ts'),
  ]);
  return recordingPolicy({
    mode: options.record,
    segmentSeconds: options.segmentSeconds,
    retentionHours: options.keepHours,
    preRollSeconds: options.preRoll,
    postRollSeconds: options.postRoll,
    schedule: options.schedule === undefined ? undefined : parseSchedule(options.schedule),
  });
}

async function fromUrls({ url = '', subUrl }: CameraInputOptions): Promise<Source> {
  const { parseRtspUrl } = await import('#ingest/rtsp/rtsp-url.ts');
  const main = parseRtspUrl(url);
  const sub = subUrl === undefined ? undefined : parseRtspUrl(subUrl);
  return {
    streams: [{ kind: 'main', url: main.url }, ...(sub ? [{ kind: 'sub' as const, url: sub.url }] : [])],
    onvif: undefined,
    // An address pasted with user name and password in it loses both to their own fields.
    credentials: main.credentials ?? sub?.credentials,
    defaultName: main.host,
  };
}

async function fromProbe(address: string, options: CameraInputOptions): Promise<Source | undefined> {
  const { isRtspAddress } = await import('#ingest/cameras/camera-address.ts');
  const result = await probeFromCli(address, options);
  if (!result.ok) {
    printProbe(result);
    return undefined;
  }
  if (isRtspAddress(address)) return await fromUrls({ ...options, url: address });
  const { found } = result;
  const { manufacturer = '', model = '' } = found?.information ?? {};
  const main = found?.streams[0]?.url ?? '';
  return {
    streams: (found?.streams ?? []).map(({ kind, url }) => ({ kind, url })),
    onvif: found?.onvif,
    credentials: found?.credentials,
    defaultName: [manufacturer, model, URL.canParse(main) ? new URL(main).hostname : ''].filter(Boolean).join(' '),
  };
}

import { toAppError } from '#infra/runtime/app-error.ts';
import type { OnvifDevice, Snapshot } from './onvif-device.ts';
import { escapeXml, find, findAll, numberAt, textAt, type XmlElement } from './xml.ts';

/** One way in which a device sends video. */
export interface MediaProfile {
  /** Media2 is profile T and the only one with H.265; Media1 is profile S. */
  readonly service: 'media' | 'media2';
  readonly token: string;
  readonly name: string;
  /** Which lens; a device can have several. */
  readonly videoSource: string | undefined;
  /** `H264`, `H265`, `JPEG` or what else the device says. */
  readonly codec: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerSecond: number | undefined;
  readonly bitrateKbps: number | undefined;
  readonly hasPtz: boolean;
}

export interface StreamProfiles {
  readonly main: MediaProfile;
  readonly sub: MediaProfile | undefined;
}

/** How the pictures travel; devices may give other addresses for it. */
export type StreamTransport = 'tcp' | 'udp';

const RECORDABLE = ['H264', 'H265'];
const MAX_PROFILES = 200;
const SUB_MAX_PIXELS = 1280 * 720;

/**
 * All profiles with a video encoder, by Media2 where the device has it, else by Media1.
 * @see ONVIF Media2 Service Specification §5.1.2, Media Service Specification §5.2
 */
export async function readProfiles(device: OnvifDevice, signal?: AbortSignal): Promise<readonly MediaProfile[]> {
  if (device.offers('media2')) {
    try {
      const content = '<Type>All</Type>';
      const answer = await device.call({ service: 'media2', operation: 'GetProfiles', content, signal });
      const profiles = findAll(answer, 'Profiles').slice(0, MAX_PROFILES).flatMap(fromMedia2);
      if (profiles.length > 0 || !device.offers('media')) return profiles;
    } catch (error) {
      // Half-made Media2 services exist beside good Media1 ones.
      const { code } = toAppError(error);
      if (!device.offers('media') || !['ONVIF_REFUSED', 'ONVIF_UNSUPPORTED', 'ONVIF_ANSWER_INVALID'].includes(code))
        throw error;
    }
  }
  const answer = await device.call({ service: 'media', operation: 'GetProfiles', signal });
  return findAll(answer, 'Profiles').slice(0, MAX_PROFILES).flatMap(fromMedia1);
}

/**
 * The main stream is the largest one that can be recorded; the sub stream is the largest of the same lens with at most half its pixels and
 * at most 1280×720. Undefined when nothing can be recorded.
 */
export function chooseStreams(profiles: readonly MediaProfile[]): StreamProfiles | undefined {
  const usable = profiles
    .filter(({ codec }) => RECORDABLE.includes(codec))
    .toSorted((a, b) => pixels(b) - pixels(a) || (b.bitrateKbps ?? 0) - (a.bitrateKbps ?? 0));
  // The first lens of the list is the one that the device shows first.
  const source = profiles.find(({ codec }) => RECORDABLE.includes(codec))?.videoSource;
  const [main, ...others] = usable.filter(({ videoSource }) => videoSource === source);
  if (!main) return undefined;
  const limit = Math.min(pixels(main) / 2, SUB_MAX_PIXELS);
  return { main, sub: others.find((one) => pixels(one) > 0 && pixels(one) <= limit) };
}

/**
 * Where a profile can be watched, without credentials, at the host where the device was reached.
 * @throws {AppError} `CAMERA_URL_INVALID`, and what every call may throw
 */
export async function readStreamUrl(
  device: OnvifDevice,
  { service, token }: Pick<MediaProfile, 'service' | 'token'>,
  options: { readonly transport?: StreamTransport; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const { transport = 'tcp', signal } = options;
  const profile = `<ProfileToken>${escapeXml(token)}</ProfileToken>`;
  const content =
    service === 'media2'
      ? `<Protocol>${transport === 'tcp' ? 'RTSP' : 'RtspUnicast'}</Protocol>${profile}`
      : `<StreamSetup>${streamSetup(transport)}</StreamSetup>${profile}`;
  const answer = await device.call({ service, operation: 'GetStreamUri', content, signal });
  return device.reachedRtsp(textAt(answer, 'Uri') ?? textAt(answer, 'MediaUri', 'Uri'));
}

/** `tt:StreamSetup`, as Media1 and the replay service want it. */
export function streamSetup(transport: StreamTransport): string {
  return (
    '<tt:Stream>RTP-Unicast</tt:Stream>' +
    `<tt:Transport><tt:Protocol>${transport === 'tcp' ? 'RTSP' : 'UDP'}</tt:Protocol></tt:Transport>`
  );
}

/** Address of the still picture of a profile. */
export async function readSnapshotUrl(
  device: OnvifDevice,
  { service, token }: Pick<MediaProfile, 'service' | 'token'>,
  signal?: AbortSignal,
): Promise<string> {
  const content = `<ProfileToken>${escapeXml(token)}</ProfileToken>`;
  const answer = await device.call({ service, operation: 'GetSnapshotUri', content, signal });
  return device.reachedHttp(textAt(answer, 'Uri') ?? textAt(answer, 'MediaUri', 'Uri'));
}

/** A still picture as the device makes it. */
export async function fetchSnapshot(
  device: OnvifDevice,
  profile: Pick<MediaProfile, 'service' | 'token'>,
  signal?: AbortSignal,
): Promise<Snapshot> {
  return await device.fetchSnapshot(await readSnapshotUrl(device, profile, signal), signal);
}

/** Asks for a key frame now, on every stream of the profile. @see ONVIF Media Service Specification §5.15 */
export async function setSynchronizationPoint(
  device: OnvifDevice,
  { service, token }: Pick<MediaProfile, 'service' | 'token'>,
  signal?: AbortSignal,
): Promise<void> {
  const content = `<ProfileToken>${escapeXml(token)}</ProfileToken>`;
  await device.call({ service, operation: 'SetSynchronizationPoint', content, signal });
}

function pixels({ widthPx, heightPx }: MediaProfile): number {
  return widthPx * heightPx;
}

function fromMedia2(profile: XmlElement): readonly MediaProfile[] {
  const configurations = find(profile, 'Configurations');
  return toProfile('media2', profile, {
    source: find(configurations, 'VideoSource'),
    encoder: find(configurations, 'VideoEncoder'),
    ptz: find(configurations, 'PTZ'),
  });
}

function fromMedia1(profile: XmlElement): readonly MediaProfile[] {
  return toProfile('media', profile, {
    source: find(profile, 'VideoSourceConfiguration'),
    encoder: find(profile, 'VideoEncoderConfiguration'),
    ptz: find(profile, 'PTZConfiguration'),
  });
}

function toProfile(
  service: MediaProfile['service'],
  profile: XmlElement,
  { source, encoder, ptz }: Readonly<Record<'source' | 'encoder' | 'ptz', XmlElement | undefined>>,
): readonly MediaProfile[] {
  const token = profile.attributes.get('token')?.slice(0, 200);
  const codec = textAt(encoder, 'Encoding');
  if (!token || !codec) return [];
  return [
    {
      service,
      token,
      name: (textAt(profile, 'Name') ?? token).slice(0, 200),
      videoSource: textAt(source, 'SourceToken'),
      codec: codec.slice(0, 40).toUpperCase().replace(/[.-]/g, ''),
      widthPx: numberAt(encoder, 'Resolution', 'Width') ?? 0,
      heightPx: numberAt(encoder, 'Resolution', 'Height') ?? 0,
      framesPerSecond: numberAt(encoder, 'RateControl', 'FrameRateLimit'),
      bitrateKbps: numberAt(encoder, 'RateControl', 'BitrateLimit'),
      hasPtz: ptz !== undefined,
    },
  ];
}

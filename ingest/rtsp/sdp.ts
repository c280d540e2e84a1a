import { ingestErrors } from '../errors.ts';
import type { VideoCodec } from '../media.ts';

export interface SdpMedia {
  /** `video`, `audio`, `application` … */
  readonly kind: string;
  readonly payloadTypes: readonly number[];
  /** Encoding name in upper case, by payload type. */
  readonly encodings: ReadonlyMap<number, string>;
  /** Clock rate and, of sound, channels, by payload type. */
  readonly clocks: ReadonlyMap<number, SdpClock>;
  /** Format parameters by payload type; names in lower case. */
  readonly parameters: ReadonlyMap<number, ReadonlyMap<string, string>>;
  readonly control: string | undefined;
}

export interface SdpClock {
  readonly rateHz: number;
  readonly channels: number;
}

export interface SessionDescription {
  readonly control: string | undefined;
  readonly media: readonly SdpMedia[];
}

/** The track of a description that is played. */
export interface VideoTrack {
  readonly codec: VideoCodec;
  readonly payloadType: number;
  /** NAL units of `sprop-parameter-sets`, or of `sprop-vps`, `-sps` and `-pps`; possibly none. */
  readonly parameterSets: readonly Buffer[];
  readonly controlUrl: string;
}

const MAX_LINES = 2000;
const MAX_MEDIA = 32;
const MAX_PARAMETER_SETS = 16;
const STATIC_ENCODINGS: ReadonlyMap<number, string> = new Map([
  [0, 'PCMU'],
  [8, 'PCMA'],
  [26, 'JPEG'],
  [31, 'H261'],
  [32, 'MPV'],
  [33, 'MP2T'],
  [34, 'H263'],
]);

/**
 * Reads what a player needs of an SDP; unknown lines are passed over.
 *
 * @throws {AppError} `RTSP_PROTOCOL` when it is no SDP
 * @see RFC 8866, RFC 2326 Appendix C
 */
export function parseSdp(text: string): SessionDescription {
  const lines = text.split(/\r\n|\r|\n/, MAX_LINES);
  if (!lines.some((line) => /^[vm]=/.test(line.trim()))) throw ingestErrors.RTSP_PROTOCOL({ detail: 'no SDP' });
  let control: string | undefined;
  const media: MutableMedia[] = [];
  for (const line of lines.map((one) => one.trim())) {
    const current = media.at(-1);
    if (line.startsWith('m=')) {
      if (media.length >= MAX_MEDIA) break;
      media.push(parseMediaLine(line));
    } else if (line.startsWith('a=control:')) {
      const value = line.slice('a=control:'.length).trim();
      if (current) current.control = value;
      else control = value;
    } else if (current) {
      readMediaAttribute(current, line);
    }
  }
  return { control, media };
}

interface MutableMedia extends SdpMedia {
  readonly encodings: Map<number, string>;
  readonly clocks: Map<number, SdpClock>;
  readonly parameters: Map<number, ReadonlyMap<string, string>>;
  control: string | undefined;
}

function parseMediaLine(line: string): MutableMedia {
  const [kind = '', , , ...formats] = line.slice(2).split(/\s+/);
  const payloadTypes = formats.map(Number).filter((type) => Number.isInteger(type) && type >= 0 && type <= 127);
  const encodings = new Map<number, string>();
  for (const type of payloadTypes) {
    const name = STATIC_ENCODINGS.get(type);
    if (name) encodings.set(type, name);
  }
  return { kind, payloadTypes, encodings, clocks: new Map(), parameters: new Map(), control: undefined };
}

function readMediaAttribute(media: MutableMedia, line: string): void {
  const rtpmap = /^a=rtpmap:\s*(\d{1,3})\s+([^/\s]+)(?:\/(\d{1,7}))?(?:\/(\d{1,3}))?/.exec(line);
  if (rtpmap) {
    const [, type, name = '', rate, channels] = rtpmap;
    media.encodings.set(Number(type), name.toUpperCase());
    if (rate !== undefined) media.clocks.set(Number(type), { rateHz: Number(rate), channels: Number(channels ?? 1) });
    return;
  }
  const fmtp = /^a=fmtp:\s*(\d{1,3})\s+(.*)$/.exec(line);
  if (!fmtp) return;
  const parameters = new Map<string, string>();
  for (const part of (fmtp[2] ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) parameters.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  media.parameters.set(Number(fmtp[1]), parameters);
}

/**
 * Picks the video to play: the first that is H.264 or H.265.
 *
 * @param baseUrl Content-Base, else Content-Location, else the address of the request
 * @throws {AppError} `RTSP_NO_VIDEO`, `CODEC_UNSUPPORTED` with the encodings that are offered
 */
export function selectVideoTrack(description: SessionDescription, baseUrl: string): VideoTrack {
  const videos = description.media.filter((media) => media.kind === 'video');
  for (const media of videos) {
    for (const payloadType of media.payloadTypes) {
      const codec = VIDEO_CODECS.get(media.encodings.get(payloadType) ?? '');
      if (!codec) continue;
      const parameters = media.parameters.get(payloadType);
      // Decoding order numbers in every packet (RFC 7798 §4.4): no camera interleaves, and no depacketizer of ours undoes it.
      if (Number(parameters?.get('sprop-max-don-diff') ?? 0) > 0) {
        throw ingestErrors.CODEC_UNSUPPORTED({ encoding: 'H265', detail: 'interleaved packets' });
      }
      return {
        codec,
        payloadType,
        parameterSets: PARAMETER_SETS[codec].flatMap((name) => decodeSets(parameters?.get(name))),
        controlUrl: resolveControl(media.control, baseUrl),
      };
    }
  }
  if (videos.length === 0) throw ingestErrors.RTSP_NO_VIDEO();
  const encodings = videos.flatMap((media) => [...media.encodings.values()]);
  throw ingestErrors.CODEC_UNSUPPORTED({ encoding: encodings.join(',').slice(0, 64) || 'unknown' });
}

const VIDEO_CODECS: ReadonlyMap<string, VideoCodec> = new Map([
  ['H264', 'h264'],
  ['H265', 'h265'],
]);
const PARAMETER_SETS: Readonly<Record<VideoCodec, readonly string[]>> = {
  h264: ['sprop-parameter-sets'],
  h265: ['sprop-vps', 'sprop-sps', 'sprop-pps'],
};

function decodeSets(list: string | undefined): readonly Buffer[] {
  return (list ?? '')
    .split(',', MAX_PARAMETER_SETS)
    .map((one) => Buffer.from(one, 'base64'))
    .filter((nal) => nal.length > 1);
}

/** The address that PLAY is sent to: the whole presentation. */
export function aggregateControlUrl(description: SessionDescription, baseUrl: string): string {
  return resolveControl(description.control, baseUrl);
}

/**
 * Relative controls are appended to the base as servers expect it, query included (`…?channel=1/trackID=0`), which is
 * not what URL resolution would do.
 * @see RFC 2326 Appendix C.1.1
 */
export function resolveControl(control: string | undefined, baseUrl: string): string {
  if (control === undefined || control === '' || control === '*') return baseUrl;
  if (/^rtsps?:\/\//i.test(control)) return control;
  if (control.startsWith('/')) return (/^rtsps?:\/\/[^/]+/i.exec(baseUrl)?.[0] ?? baseUrl) + control;
  return baseUrl.endsWith('/') ? baseUrl + control : `${baseUrl}/${control}`;
}

import { ingestErrors } from '../errors.ts';
import type { AudioFormat, VideoCodec } from '../media.ts';
import { parseAacConfig } from '../rtp/aac-config.ts';
import type { AuHeaderFormat } from '../rtp/audio-depacketizer.ts';

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

/** The sound of a description that is recorded. */
export interface AudioTrack {
  readonly payloadType: number;
  readonly format: AudioFormat;
  /** Samples of one channel in an AAC access unit; 0 for G.711. */
  readonly frameSamples: number;
  /** AAC only. */
  readonly auHeaders: AuHeaderFormat | undefined;
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

/**
 * Picks the sound to record: the first that is AAC (RFC 3640) or G.711; undefined when there is none that we know.
 * @param baseUrl Content-Base, else Content-Location, else the address of the request
 */
export function selectAudioTrack(description: SessionDescription, baseUrl: string): AudioTrack | undefined {
  for (const media of description.media) {
    if (media.kind !== 'audio') continue;
    for (const payloadType of media.payloadTypes) {
      const track = readAudio(media, payloadType);
      if (track) return { ...track, payloadType, controlUrl: resolveControl(media.control, baseUrl) };
    }
  }
  return undefined;
}

function readAudio(
  media: SdpMedia,
  payloadType: number,
): Pick<AudioTrack, 'format' | 'frameSamples' | 'auHeaders'> | undefined {
  const encoding = media.encodings.get(payloadType);
  const { rateHz, channels } = media.clocks.get(payloadType) ?? { rateHz: G711_RATE_HZ, channels: 1 };
  if (rateHz < MIN_SOUND_RATE_HZ || rateHz > MAX_SOUND_RATE_HZ || channels < 1 || channels > 8) return undefined;
  if (encoding === 'PCMA' || encoding === 'PCMU') {
    const codec = encoding === 'PCMA' ? 'pcma' : 'pcmu';
    const format = { codec, sampleRateHz: rateHz, channels, config: Buffer.alloc(0), codecString: codec } as const;
    return { format, frameSamples: 0, auHeaders: undefined };
  }
  return encoding === 'MPEG4-GENERIC' ? readAac(media.parameters.get(payloadType), rateHz, channels) : undefined;
}

/** Fields in front of access units that only systems streams have (RFC 3640 §4.1). */
const UNUSUAL_AU_FIELDS = [
  'ctsdeltalength',
  'dtsdeltalength',
  'randomaccessindication',
  'streamstateindication',
  'auxiliarydatasizelength',
];

function readAac(
  parameters: ReadonlyMap<string, string> | undefined,
  rateHz: number,
  sdpChannels: number,
): Pick<AudioTrack, 'format' | 'frameSamples' | 'auHeaders'> | undefined {
  const number = (name: string): number => Number(parameters?.get(name) ?? 0);
  const [sizeBits, indexBits, indexDeltaBits] = [
    number('sizelength'),
    number('indexlength'),
    number('indexdeltalength'),
  ];
  const isReadable = [sizeBits, indexBits, indexDeltaBits].every(
    (bits) => Number.isInteger(bits) && bits >= 0 && bits <= 16,
  );
  if (!isReadable || sizeBits === 0 || UNUSUAL_AU_FIELDS.some((name) => number(name) !== 0)) return undefined;
  const config = Buffer.from(parameters?.get('config') ?? '', 'hex');
  try {
    const aac = parseAacConfig(config);
    // With HE-AAC the time stamps may count samples as they come out of the decoder.
    const isDoubled = rateHz === 2 * aac.sampleRateHz;
    const channels = aac.channels === 0 ? sdpChannels : aac.channels;
    const { codecString } = aac;
    return {
      format: { codec: 'aac', sampleRateHz: rateHz, channels, config, codecString },
      frameSamples: aac.frameSamples * (isDoubled ? 2 : 1),
      auHeaders: { sizeBits, indexBits, indexDeltaBits },
    };
  } catch {
    // A camera's odd sound is no reason to do without its pictures.
    return undefined;
  }
}

const G711_RATE_HZ = 8000;
const MIN_SOUND_RATE_HZ = 4000;
const MAX_SOUND_RATE_HZ = 192_000;

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

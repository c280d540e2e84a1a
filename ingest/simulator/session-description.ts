import type { AudioFormat, VideoFormat } from '../media.ts';

/** Payload types and control addresses of the tracks. */
export const VIDEO_TRACK = { id: 1, payloadType: 96 } as const;
export const SOUND_TRACK_ID = 2;
const STATIC_G711 = { pcmu: 0, pcma: 8 } as const;
const DYNAMIC_SOUND = 97;

/** G.711 as telephones have it has a number of its own. @see RFC 3551 §6 */
export function soundPayloadType({ codec, sampleRateHz, channels }: AudioFormat): number {
  return codec !== 'aac' && sampleRateHz === 8000 && channels === 1 ? STATIC_G711[codec] : DYNAMIC_SOUND;
}

/**
 * The SDP of a simulated camera.
 *
 * @see RFC 4566, RFC 6184 §8.2.1, RFC 7798 §7.1, RFC 3640 §4.1
 */
export function describeSession(session: {
  readonly format: VideoFormat;
  readonly framesPerSecond: number;
  readonly sound: AudioFormat | undefined;
  /** Says JPEG where the camera has none: for clients that must refuse it. */
  readonly offersJpeg: boolean;
}): string {
  const { format, framesPerSecond, sound, offersJpeg } = session;
  const { id, payloadType } = VIDEO_TRACK;
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=Vantage simulated camera',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    `m=video 0 RTP/AVP ${payloadType}`,
    ...(offersJpeg ? [`a=rtpmap:${payloadType} JPEG/90000`] : describePictures(format, payloadType)),
    `a=framerate:${Math.round(framesPerSecond * 100) / 100}`,
    `a=control:trackID=${id}`,
    ...(sound ? describeSound(sound) : []),
    '',
  ].join('\r\n');
}

function describePictures({ codec, vps, sps, pps }: VideoFormat, payloadType: number): string[] {
  if (codec === 'h265')
    return [
      `a=rtpmap:${payloadType} H265/90000`,
      `a=fmtp:${payloadType} sprop-vps=${base64(vps)};sprop-sps=${base64(sps)};sprop-pps=${base64(pps)}`,
    ];
  const profileLevelId = Buffer.from(sps.subarray(1, 4)).toString('hex');
  const parameterSets = `${base64(sps)},${base64(pps)}`;
  return [
    `a=rtpmap:${payloadType} H264/90000`,
    `a=fmtp:${payloadType} packetization-mode=1;profile-level-id=${profileLevelId};sprop-parameter-sets=${parameterSets}`,
  ];
}

function describeSound(format: AudioFormat): string[] {
  const { codec, sampleRateHz, channels, config } = format;
  const payloadType = soundPayloadType(format);
  const name = codec === 'aac' ? 'mpeg4-generic' : codec.toUpperCase();
  const rate = codec === 'aac' || channels > 1 ? `${sampleRateHz}/${channels}` : String(sampleRateHz);
  const aac =
    'streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;' +
    `config=${Buffer.from(config).toString('hex')}`;
  return [
    `m=audio 0 RTP/AVP ${payloadType}`,
    `a=rtpmap:${payloadType} ${name}/${rate}`,
    ...(codec === 'aac' ? [`a=fmtp:${payloadType} ${aac}`] : []),
    `a=control:trackID=${SOUND_TRACK_ID}`,
  ];
}

function base64(bytes: Uint8Array = new Uint8Array(0)): string {
  return Buffer.from(bytes).toString('base64');
}

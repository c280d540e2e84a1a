import type { VideoFormat } from '../media.ts';

/**
 * The SDP of a simulated camera.
 *
 * @param offersJpeg says JPEG where the camera has none: for clients that must refuse it
 * @see RFC 4566, RFC 6184 §8.2.1
 */
export function describeSession(
  format: VideoFormat,
  payloadType: number,
  framesPerSecond: number,
  offersJpeg: boolean,
): string {
  const profileLevelId = Buffer.from(format.sps.subarray(1, 4)).toString('hex');
  const parameterSets = [format.sps, format.pps].map((set) => Buffer.from(set).toString('base64')).join(',');
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=Vantage simulated camera',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    `m=video 0 RTP/AVP ${payloadType}`,
    ...(offersJpeg
      ? [`a=rtpmap:${payloadType} JPEG/90000`]
      : [
          `a=rtpmap:${payloadType} H264/90000`,
          `a=fmtp:${payloadType} packetization-mode=1;profile-level-id=${profileLevelId};sprop-parameter-sets=${parameterSets}`,
        ]),
    `a=framerate:${Math.round(framesPerSecond * 100) / 100}`,
    'a=control:trackID=1',
    '',
  ].join('\r\n');
}

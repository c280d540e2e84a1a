import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { aggregateControlUrl, parseSdp, resolveControl, selectAudioTrack, selectVideoTrack } from './sdp.ts';

// As a Hikvision camera sends it (addresses changed).
const HIKVISION = `v=0
o=- 1109162014219182 0 IN IP4 0.0.0.0
s=HIK Media Server V3.1.1
t=0 0
a=control:*
a=range:clock=20161028T115830Z-
m=audio 0 RTP/AVP 8
a=rtpmap:8 PCMA/8000
a=control:rtsp://10.0.0.2/Streaming/channels/101/trackID=2
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 profile-level-id=4D0014;packetization-mode=1;sprop-parameter-sets=Z00AFJWoWCWQ,aO48gA==
a=control:rtsp://10.0.0.2/Streaming/channels/101/trackID=1
m=application 0 RTP/AVP 98
a=control:trackID=3
`;

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : 'not an AppError';
  }
}

test('finds the H.264 track with its parameter sets and address', () => {
  const description = parseSdp(HIKVISION);
  const track = selectVideoTrack(description, 'rtsp://10.0.0.2/Streaming/channels/101/');
  expect(track).toMatchObject({ codec: 'h264', payloadType: 96 });
  expect(track.controlUrl).toBe('rtsp://10.0.0.2/Streaming/channels/101/trackID=1');
  expect(track.parameterSets.map((nal) => nal.readUInt8(0) & 0x1f)).toEqual([7, 8]);
  expect(aggregateControlUrl(description, 'rtsp://10.0.0.2/x/')).toBe('rtsp://10.0.0.2/x/');
});

test('finds the H.265 track with its three kinds of parameter sets', () => {
  const sdp =
    'v=0\r\nm=video 0 RTP/AVP 98\r\na=rtpmap:98 H265/90000\r\na=fmtp:98 profile-id=1;sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwBdlZgJ;' +
    'sprop-sps=QgEBAWAAAAMAkAAAAwAAAwBdoAKAgC0WWVmkkyuA;sprop-pps=RAHBc9GJ\r\na=control:track1\r\n';
  const track = selectVideoTrack(parseSdp(sdp), 'rtsp://h/cam');
  expect(track).toMatchObject({ codec: 'h265', payloadType: 98, controlUrl: 'rtsp://h/cam/track1' });
  expect(track.parameterSets.map((nal) => nal.readUInt8(0) >> 1)).toEqual([32, 33, 34]);
});

function soundOf(lines: string): ReturnType<typeof selectAudioTrack> {
  return selectAudioTrack(parseSdp(`v=0\r\nm=video 0 RTP/AVP 96\r\n${lines}`), 'rtsp://h/cam');
}

test('finds AAC with its configuration, and G.711 with and without a line that names it', () => {
  const aac =
    'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 mpeg4-generic/16000/1\r\na=control:track2\r\n' +
    'a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizeLength=13;indexLength=3;indexDeltaLength=3;config=1408\r\n';
  expect(soundOf(aac)).toMatchObject({
    payloadType: 97,
    format: { codec: 'aac', sampleRateHz: 16_000, channels: 1, codecString: 'mp4a.40.2' },
    frameSamples: 1024,
    auHeaders: { sizeBits: 13, indexBits: 3, indexDeltaBits: 3 },
    controlUrl: 'rtsp://h/cam/track2',
  });
  const g711 = { sampleRateHz: 8000, channels: 1 };
  expect(soundOf('m=audio 0 RTP/AVP 8\r\n')).toMatchObject({ payloadType: 8, format: { codec: 'pcma', ...g711 } });
  expect(soundOf('m=audio 0 RTP/AVP 0 8\r\n')).toMatchObject({ payloadType: 0, format: { codec: 'pcmu', ...g711 } });
  expect(soundOf('m=audio 0 RTP/AVP 98\r\na=rtpmap:98 PCMA/16000/2\r\n')).toMatchObject({
    format: { codec: 'pcma', sampleRateHz: 16_000, channels: 2 },
  });
  expect(selectAudioTrack(parseSdp(HIKVISION), 'rtsp://10.0.0.2/')?.controlUrl).toBe(
    'rtsp://10.0.0.2/Streaming/channels/101/trackID=2',
  );
});

test('does without sound that it does not know, and takes the next track of it', () => {
  const unknown = [
    'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 G726-32/8000\r\n',
    'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 MP4A-LATM/16000\r\n',
    'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000\r\n',
    'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000\r\na=fmtp:97 sizelength=13;indexlength=3;indexdeltalength=3;config=zz\r\n',
    'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 PCMA/1\r\n',
  ];
  for (const lines of unknown) {
    expect(soundOf(lines)).toBeUndefined();
    expect(soundOf(`${lines}m=audio 0 RTP/AVP 8\r\n`)?.payloadType).toBe(8);
  }
});

test('appends relative controls to the base as servers expect it', () => {
  expect(resolveControl('stream=0', 'rtsp://h/cam')).toBe('rtsp://h/cam/stream=0');
  expect(resolveControl('trackID=0', 'rtsp://h/cam?channel=1&subtype=0/')).toBe(
    'rtsp://h/cam?channel=1&subtype=0/trackID=0',
  );
  expect(resolveControl('/a/b', 'rtsp://h:554/cam')).toBe('rtsp://h:554/a/b');
  expect(resolveControl(undefined, 'rtsp://h/cam')).toBe('rtsp://h/cam');
  expect(resolveControl('RTSP://other/x', 'rtsp://h/cam')).toBe('RTSP://other/x');
});

test('names the codec that is not supported, and says when there is no video', () => {
  const vp8 = 'v=0\r\nm=video 0 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\n';
  const interleaved = 'v=0\r\nm=video 0 RTP/AVP 97\r\na=rtpmap:97 H265/90000\r\na=fmtp:97 sprop-max-don-diff=4\r\n';
  const jpeg = 'v=0\r\nm=video 0 RTP/AVP 26\r\n';
  const audio = 'v=0\r\nm=audio 0 RTP/AVP 0\r\n';
  expect(codeOf(() => selectVideoTrack(parseSdp(vp8), 'rtsp://h/'))).toBe('CODEC_UNSUPPORTED');
  expect(codeOf(() => selectVideoTrack(parseSdp(interleaved), 'rtsp://h/'))).toBe('CODEC_UNSUPPORTED');
  expect(codeOf(() => selectVideoTrack(parseSdp(jpeg), 'rtsp://h/'))).toBe('CODEC_UNSUPPORTED');
  expect(codeOf(() => selectVideoTrack(parseSdp(audio), 'rtsp://h/'))).toBe('RTSP_NO_VIDEO');
  expect(codeOf(() => parseSdp('<html>'))).toBe('RTSP_PROTOCOL');
});

test('answers any text with a track or an AppError', () => {
  const line = fc.constantFrom(...HIKVISION.split('\n'));
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string({ maxLength: 60 })), { maxLength: 30 }), (lines) => {
      const code = codeOf(() => selectVideoTrack(parseSdp(lines.join('\n')), 'rtsp://h/'));
      expect([undefined, 'RTSP_PROTOCOL']).toContain(
        codeOf(() => selectAudioTrack(parseSdp(lines.join('\n')), 'rtsp://h/')),
      );
      expect(code).not.toBe('not an AppError');
    }),
  );
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NutReader } from '#ingest/frames/nut-reader.ts';
import { parseRtcp } from '#ingest/rtp/rtcp.ts';
import { parseRtpPacket } from '#ingest/rtp/rtp-packet.ts';
import { parseH264Sps } from '#ingest/rtp/h264-sps.ts';
import { parseChallenges, RtspAuthenticator } from '#ingest/rtsp/rtsp-auth.ts';
import { writeRtspRequest } from '#ingest/rtsp/rtsp-message.ts';
import { parseRtspUrl } from '#ingest/rtsp/rtsp-url.ts';
import { aggregateControlUrl, parseSdp, selectAudioTrack, selectVideoTrack } from '#ingest/rtsp/sdp.ts';
import { readMp4 } from '#ingest/simulator/mp4-demuxer.ts';
import { capturedSessions } from './corpus.ts';
import { type FuzzTarget, must, pieces, refusal } from './fuzz-target.ts';
import { chooseVideo, writeSdpAnswer } from '#streaming/whep/sdp-answer.ts';
import { parseSdpOffer } from '#streaming/whep/sdp-offer.ts';
import { MEDIA_TARGETS } from './media-targets.ts';
import { ONVIF_TARGETS } from './onvif-targets.ts';
import {
  descriptionsOf,
  packetRow,
  packetsOf,
  packetsOfRow,
  readSession,
  receive,
  RTSP_WORDS,
} from './session-reading.ts';

const WHEP_OFFER = [
  ...[
    'v=0',
    'o=- 1 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96 99',
    'a=mid:0',
  ],
  ...['a=recvonly', 'a=ice-ufrag:abcd', `a=ice-pwd:${'x'.repeat(24)}`, 'a=setup:actpass', 'a=rtpmap:96 VP8/90000'],
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
  ...['a=rtpmap:99 H264/90000', 'a=fmtp:99 packetization-mode=1;profile-level-id=42e01f', 'a=rtcp-fb:99 nack pli', ''],
].join('\r\n');

/** Everything that reads bytes of the network or of foreign files. A new parser is one entry here. */
export const TARGETS: readonly FuzzTarget[] = [
  {
    name: 'rtsp-reader',
    seeds: capturedSessions,
    words: RTSP_WORDS,
    run(bytes) {
      const whole = readSession([bytes]);
      must(whole.interleavedSizeBytes <= bytes.length, 'hands on no more than came in');
      const cut = readSession(pieces(bytes, [1, 7, 1, 1, 64, 3, 1400, 2]));
      must(cut.log === whole.log, 'gives the same however the bytes are cut');
    },
  },
  {
    name: 'rtsp-reader-bytewise',
    seeds: () => capturedSessions().map((session) => session.subarray(0, 4096)),
    words: RTSP_WORDS,
    run(bytes) {
      must(readSession(pieces(bytes, [1])).log === readSession([bytes]).log, 'gives the same byte by byte');
    },
  },
  {
    name: 'session',
    seeds: capturedSessions,
    words: RTSP_WORDS,
    run: (bytes) => receive(packetsOf(bytes)),
  },
  {
    name: 'rtp-row',
    seeds: () => capturedSessions().map((session) => packetRow(packetsOf(session).map(({ bytes }) => bytes))),
    run: (bytes) => receive([...packetsOfRow(bytes)].map((packet) => ({ channel: 0, bytes: packet }))),
  },
  {
    name: 'rtp-packet',
    seeds: () =>
      capturedSessions().flatMap((session) =>
        packetsOf(session)
          .slice(0, 4)
          .map(({ bytes }) => bytes),
      ),
    run(bytes) {
      const packet = parseRtpPacket(bytes);
      if (!packet) return;
      must(packet.payload.length <= bytes.length, 'a payload lies in its packet');
      must(packet.sequenceNumber >= 0 && packet.sequenceNumber <= 0xffff, 'sequence numbers have 16 bits');
    },
  },
  {
    name: 'rtcp',
    seeds: () =>
      capturedSessions().flatMap((session) =>
        packetsOf(session)
          .filter(({ channel }) => channel % 2 === 1)
          .map(({ bytes }) => bytes),
      ),
    run(bytes) {
      const notices = parseRtcp(bytes);
      must(notices.length <= bytes.length / 4, 'no more notices than words');
      for (const notice of notices) {
        if (notice.kind === 'sender_report') must(Number.isFinite(notice.wallMs), 'a report has a time');
      }
    },
  },
  {
    name: 'whep-offer',
    seeds: () => [Buffer.from(WHEP_OFFER)],
    words: [
      'm=video 9 UDP/TLS/RTP/SAVPF 99\r\n',
      'a=rtpmap:99 H264/90000\r\n',
      'a=fmtp:99 ',
      'a=mid:',
      '\r\n',
      'sha-256 ',
    ],
    run(bytes) {
      refusal(['WHEP_OFFER_INVALID'], () => {
        const offer = parseSdpOffer(bytes.toString('utf8'));
        must(offer.media.length <= 16, 'no more media than its bound');
        const video = chooseVideo(offer);
        must(
          !video || (video.format.payloadType >= 35 && video.format.payloadType <= 127),
          'a payload type is dynamic',
        );
        const transport = {
          iceParameters: { usernameFragment: 'u', password: 'p', iceLite: true },
          iceCandidates: [],
          dtlsParameters: { fingerprints: [] },
        };
        if (!video) return;
        const answer = writeSdpAnswer({ offer, video, transport, ssrc: 1, cname: 'c', sessionId: 1 });
        must(answer.split('m=video 9 ').length === 2, 'one section of the answer sends');
        must(!/[^\r]\n|\r[^\n]/.test(answer), 'nothing of an offer begins a line of its own in the answer');
      });
    },
  },
  {
    name: 'sdp',
    seeds: () => capturedSessions().flatMap(descriptionsOf),
    words: [
      'm=video 0 RTP/AVP 96\r\n',
      'a=control:',
      'a=rtpmap:96 H264/90000\r\n',
      'a=fmtp:96 ',
      'sprop-parameter-sets=',
      '\r\n',
      ';',
      ',',
      '*',
    ],
    run(bytes) {
      refusal(['RTSP_PROTOCOL', 'RTSP_NO_VIDEO', 'CODEC_UNSUPPORTED', 'CAMERA_URL_INVALID'], () => {
        const description = parseSdp(bytes.toString('utf8'));
        must(description.media.length <= 32, 'no more media than its bound');
        must(
          aggregateControlUrl(description, 'rtsp://a/b').length <= bytes.length + 16,
          'an address is no longer than its parts',
        );
        const track = selectVideoTrack(description, 'rtsp://a/b');
        must(track.payloadType >= 0 && track.payloadType <= 127, 'a payload type has 7 bits');
        const sound = selectAudioTrack(description, 'rtsp://a/b');
        must(sound === undefined || sound.format.sampleRateHz > 0, 'sound has a rate');
        // An address that would begin a new line is refused, not sent.
        writeRtspRequest('SETUP', track.controlUrl, {});
      });
    },
  },
  {
    name: 'auth',
    seeds: () =>
      [
        'Basic realm="a"',
        'Digest realm="b", nonce="c", qop="auth,auth-int", algorithm=SHA-256, stale=true, opaque="x\\"y"',
      ].map((text) => Buffer.from(text)),
    words: ['Digest ', 'Basic ', 'realm=', 'nonce=', 'stale=true', 'algorithm=MD5', 'qop="auth"', '"', '\\', ',', '='],
    run(bytes) {
      const text = bytes.toString('latin1').replaceAll(/[\r\n]/g, ' ');
      must(parseChallenges([text, text]).length <= text.length * 2, 'no more challenges than letters');
      const authenticator = new RtspAuthenticator({ username: 'u', password: 'secret-word' });
      authenticator.accept([text]);
      const header = authenticator.authorization('DESCRIBE', 'rtsp://a/b') ?? '';
      must(!header.includes('secret-word'), 'the password is never sent in clear letters');
      refusal(['CAMERA_URL_INVALID'], () => writeRtspRequest('DESCRIBE', 'rtsp://a/b', { Authorization: header }));
    },
  },
  {
    name: 'rtsp-url',
    seeds: () => ['rtsp://u:p@127.0.0.1:554/a?b=c', 'rtsp://[::1]/x', 'rtsp://host'].map((text) => Buffer.from(text)),
    words: ['rtsp://', '@', ':', '/', '[', ']', '%', '#', '?'],
    run(bytes) {
      refusal(['CAMERA_URL_INVALID'], () => {
        const { port, url } = parseRtspUrl(bytes.toString('utf8'));
        must(port >= 1 && port <= 65_535, 'a port is a port');
        must(!/[\r\n]/.test(url), 'an address is one line');
      });
    },
  },
  {
    name: 'h264-sps',
    seeds: () => [
      Buffer.from('6742c01fda014016e840000003004000000c83c60ca8', 'hex'),
      Buffer.from('67640028acd940780227e5c05a808080a0000003002000000651e30632c0', 'hex'),
    ],
    run(bytes) {
      refusal(['RTP_PAYLOAD_MALFORMED'], () => {
        const { widthPx, heightPx } = parseH264Sps(bytes);
        must(widthPx >= 1 && widthPx <= 16_384 && heightPx >= 1 && heightPx <= 16_384, 'a size is within bounds');
      });
    },
  },
  {
    name: 'mp4',
    seeds: () => [made('mp4'), made('mov'), made('m4v')],
    words: [
      ...['moov', 'trak', 'mdia', 'stbl', 'stsd', 'avc1', 'avcC', 'stts', 'stsz', 'stsc', 'stco', 'co64', 'ctts'],
      ...['hvc1', 'hev1', 'hvcC', 'soun', 'mp4a', 'wave', 'esds', 'alaw', 'ulaw'],
    ],
    run(bytes) {
      const track = readMp4(bytes);
      if ('unusable' in track) return;
      for (const { nalUnits } of track.samples) {
        for (const nal of nalUnits) must(nal.length <= bytes.length, 'a NAL unit lies in its file');
      }
      const sizeBytes = track.sound?.frames.reduce((sum, frame) => sum + frame.bytes.length, 0) ?? 0;
      must(sizeBytes <= bytes.length, 'sound is no larger than its file');
    },
  },
  {
    name: 'nut',
    seeds: () => [made('nut')],
    run(bytes) {
      const read = (parts: Iterable<Buffer>): string => {
        const log: string[] = [];
        const reader = new NutReader({
          begin: (ptsMs, sizeBytes) => {
            log.push(`${ptsMs} ${sizeBytes}`);
            return sizeBytes <= 1 << 20 ? new Uint8Array(sizeBytes) : undefined;
          },
          end: (ptsMs) => void log.push(`${ptsMs} end`),
        });
        log.push(
          `${refusal(['PICTURE_UNDECODABLE'], () => {
            for (const part of parts) reader.push(Buffer.from(part));
          })}`,
        );
        return log.join('\n');
      };
      must(read([bytes]) === read(pieces(bytes, [1, 5, 300])), 'gives the same however the bytes are cut');
    },
  },
  ...MEDIA_TARGETS,
  ...ONVIF_TARGETS,
];

const films = new Map<string, Buffer>();

/** A tiny film of ffmpeg's test picture, made once. */
const PICTURES = '-f lavfi -i testsrc2=size=32x16:rate=25';
const LARGER = '-f lavfi -i testsrc2=size=64x64:rate=25 -f lavfi -i sine=sample_rate=8000';
const H265 = '-c:v libx265 -preset ultrafast -x265-params bframes=0:keyint=5:log-level=none -pix_fmt yuv420p';
const FILMS = {
  mp4: `${PICTURES} -frames:v 12 -pix_fmt yuv420p -c:v libx264 -threads 1 -bf 0 -g 5`,
  // With sound as AAC, and as G.711, which only QuickTime has a name for.
  mov: `${LARGER} -t 0.4 ${H265} -c:a pcm_alaw`,
  m4v: `${LARGER} -t 0.4 ${H265} -c:a aac -f mp4`,
  nut: `${PICTURES} -frames:v 12 -vf format=rgb24 -c:v rawvideo -write_index 0`,
} as const;

function made(format: keyof typeof FILMS): Buffer {
  const known = films.get(format);
  if (known) return known;
  const folder = mkdtempSync(path.join(tmpdir(), 'vantage-fuzz-'));
  const file = path.join(folder, `film.${format}`);
  const result = spawnSync('ffmpeg', `-v error ${FILMS[format]} ${file}`.split(' '));
  if (result.status !== 0) throw new Error(`ffmpeg: ${result.stderr?.toString() ?? result.error?.message}`);
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true, force: true });
  films.set(format, bytes);
  return bytes;
}

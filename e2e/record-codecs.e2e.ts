import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RecordSummary, recordStreams } from '#infra/cli/record-streams.ts';

const SERVER = path.join(import.meta.dirname, 'peers/gst-media-server.py');
const PYTHON = '/usr/bin/python3';
const FPS = 25;
/** Longer than any recording here: a clip that ends is a gap. */
const CLIP_SECONDS = 16;
const SECONDS = 6;

const hasPeer = spawnSync(PYTHON, ['-c', "import gi; gi.require_version('GstRtspServer', '1.0')"]).status === 0;

interface Peer {
  readonly title: string;
  /** ffmpeg arguments of the clip. */
  readonly encode: string;
  /** Behind the demuxer `d`. */
  readonly payloaders: string;
  readonly streams: readonly object[];
  readonly codecs: RegExp;
}

const H264 = '-c:v libx264 -preset ultrafast -g 50 -b:v 600k';
const H265 = '-c:v libx265 -preset ultrafast -b:v 600k -x265-params log-level=none:keyint=50:min-keyint=50';
const PAY_264 = 'd.video_0 ! queue ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96';
const PAY_265 = 'd.video_0 ! queue ! h265parse config-interval=-1 ! rtph265pay name=pay0 pt=96';
const PAY_AAC = 'd.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97';
const AAC = '-c:a aac -b:a 64k -ar 48000';
const PEERS: readonly Peer[] = [
  {
    title: 'H.265 with AAC',
    encode: `${H265}:bframes=0:open-gop=0 ${AAC}`,
    payloaders: `${PAY_265} ${PAY_AAC}`,
    streams: [{ codec_name: 'hevc', codec_tag_string: 'hvc1' }, { codec_name: 'aac' }],
    codecs: /^hvc1\.1\.6\.L\d+(\.[0-9A-F]+)*,mp4a\.40\.2$/,
  },
  {
    title: 'H.265 with B-pictures and no sound',
    encode: `${H265}:bframes=3:open-gop=0`,
    payloaders: PAY_265,
    streams: [{ codec_name: 'hevc', codec_tag_string: 'hvc1' }],
    codecs: /^hvc1\.1\.6\.L\d+(\.[0-9A-F]+)*$/,
  },
  {
    title: 'H.264 with G.711, A-law',
    encode: `${H264} -c:a pcm_alaw -ar 8000 -ac 1`,
    payloaders: `${PAY_264} d.audio_0 ! queue ! rtppcmapay name=pay1 pt=8`,
    streams: [{ codec_name: 'h264' }, { codec_name: 'pcm_alaw' }],
    codecs: /^avc1\.[0-9a-f]{6},pcma$/,
  },
  {
    title: 'H.264 with G.711, µ-law',
    encode: `${H264} -c:a pcm_mulaw -ar 8000 -ac 1`,
    payloaders: `${PAY_264} d.audio_0 ! queue ! rtppcmupay name=pay1 pt=0`,
    streams: [{ codec_name: 'h264' }, { codec_name: 'pcm_mulaw' }],
    codecs: /^avc1\.[0-9a-f]{6},pcmu$/,
  },
  {
    title: 'H.264 with B-pictures and AAC',
    encode: `${H264} -bf 2 ${AAC}`,
    payloaders: `${PAY_264} ${PAY_AAC}`,
    streams: [{ codec_name: 'h264' }, { codec_name: 'aac' }],
    codecs: /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/,
  },
];

let folder = '';
let server: ChildProcess | undefined;
const TRANSPORTS = ['tcp', 'udp'] as const;
let summaries: Readonly<Record<(typeof TRANSPORTS)[number], readonly RecordSummary[]>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-codecs-'));
  if (!hasPeer) return;
  const launches = PEERS.flatMap((peer, index) => {
    const file = path.join(folder, `${index}.mov`);
    const source = `-f lavfi -i testsrc2=size=640x360:rate=${FPS} -f lavfi -i sine=440:sample_rate=48000`;
    const map = peer.streams.length > 1 ? '-map 0:v -map 1:a' : '-map 0:v';
    const encoded = spawnSync(
      'ffmpeg',
      `-v error ${source} ${map} -t ${CLIP_SECONDS} -pix_fmt yuv420p ${peer.encode} -y ${file}`.split(' '),
      { encoding: 'utf8' },
    );
    expect(encoded.stderr).toBe('');
    // One for each viewer: a second one would set the film back to its beginning.
    return TRANSPORTS.map(
      (transport) => `/${transport}${index}=( filesrc location=${file} ! qtdemux name=d ${peer.payloaders} )`,
    );
  });
  const child = spawn(PYTHON, [SERVER, ...launches], { stdio: ['pipe', 'pipe', 'ignore'] });
  server = child;
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const record = async (transport: (typeof TRANSPORTS)[number]): Promise<readonly RecordSummary[]> =>
    await recordStreams({
      urls: PEERS.map((_, index) => `rtsp://127.0.0.1:${port.toString().trim()}/${transport}${index}`),
      folder: path.join(folder, transport),
      seconds: SECONDS,
      segmentSeconds: 3,
      credentials: undefined,
      transport,
      env: { VANTAGE_LOG_LEVEL: 'silent', VANTAGE_INGEST_MINIMUM_FREE_MB: '0' },
    });
  const [tcp, udp] = await Promise.all([record('tcp'), record('udp')]);
  summaries = { tcp, udp };
}, 120_000);

afterAll(async () => {
  server?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Packet {
  readonly codec_type: 'video' | 'audio';
  readonly pts_time: string;
  readonly duration_time?: string;
}

/** What is in a file; fails when ffmpeg or ffprobe complain. */
function inspect(file: string): { streams: object[]; video: number[]; sound: Packet[] } {
  const decoded = spawnSync('ffmpeg', ['-xerror', '-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });
  expect([decoded.stderr, decoded.status]).toEqual(['', 0]);
  const entries = 'stream=codec_name,codec_tag_string:packet=codec_type,pts_time,duration_time';
  const probed = spawnSync('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'json', file], {
    encoding: 'utf8',
  });
  const { streams, packets } = JSON.parse(probed.stdout) as { streams: object[]; packets: Packet[] };
  const video = packets.filter(({ codec_type }) => codec_type === 'video').map(({ pts_time }) => Number(pts_time));
  return {
    streams,
    video: video.sort((a, b) => a - b),
    sound: packets.filter(({ codec_type }) => codec_type === 'audio'),
  };
}

describe.skipIf(!hasPeer)('against GStreamer’s RTSP server, every frame that was sent is in the file of', () => {
  test.each(PEERS.flatMap((peer, index) => TRANSPORTS.map((transport) => ({ ...peer, index, transport }))))(
    '$title, over $transport',
    ({ index, transport, streams, codecs }) => {
      const { segments, gaps, errorCode } = summaries[transport][index]!;
      expect([gaps, errorCode]).toEqual([[], undefined]);
      // The time runs from the first picture of the quickest of ten servers; how late the others begin is not ours.
      expect(segments.reduce((sum, { frames }) => sum + frames, 0)).toBeGreaterThan(SECONDS * FPS * 0.5);
      // The first may have begun before any sound came.
      const whole = segments.filter(({ codecString }) => codecs.test(codecString));
      expect(whole.length).toBeGreaterThanOrEqual(segments.length - 1);
      expect(whole.length).toBeGreaterThan(0);
      for (const segment of whole) {
        const found = inspect(path.join(folder, transport, segment.path));
        expect(found.streams).toMatchObject(streams);
        expect(found.video).toHaveLength(segment.frames);
        for (const [at, seconds] of found.video.entries()) {
          if (at > 0) expect(seconds - found.video[at - 1]!).toBeCloseTo(1 / FPS, 3);
        }
        if (streams.length < 2) continue;
        const videoEnd = found.video.at(-1)! + 1 / FPS;
        const [first, last] = [found.sound[0], found.sound.at(-1)];
        // Sound comes behind the pictures: the last segment may have been closed before any of its own came.
        const start = first ? Number(first.pts_time) : 0;
        const end = last ? Number(last.pts_time) + Number(last.duration_time ?? 0) : 0;
        expect(start).toBeLessThan(0.2);
        expect(Math.abs(end - videoEnd)).toBeLessThan(0.3);
      }
    },
  );
});

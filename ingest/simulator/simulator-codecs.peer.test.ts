import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { AccessUnit, AudioFrame } from '../media.ts';
import { RtspSession } from '../rtsp/rtsp-session.ts';
import { CameraSimulator } from './camera-simulator.ts';
import { type Clip, loadClip } from './clip.ts';

const PATH = '/cam/1';
const WAIT = { timeout: 20_000 };
const never = new AbortController().signal;

interface Film {
  readonly file: string;
  readonly video: string;
  readonly sound: string;
  /** As ffprobe names them. */
  readonly told: readonly [string, string | undefined];
}

/** QuickTime holds what MP4 has no name for. */
const FILMS: readonly Film[] = [
  {
    file: 'h265-aac.mp4',
    video: 'libx265 -x265-params bframes=0:keyint=10:log-level=none -tag:v hvc1',
    sound: 'aac -ac 2',
    told: ['hevc', 'aac'],
  },
  { file: 'h264-aac.mov', video: 'libx264 -bf 0 -g 10', sound: 'aac -ac 1', told: ['h264', 'aac'] },
  {
    file: 'h265-alaw.mov',
    video: 'libx265 -x265-params bframes=0:keyint=10:log-level=none',
    sound: 'pcm_alaw -ar 8000 -ac 1',
    told: ['hevc', 'pcm_alaw'],
  },
  {
    file: 'h264-mulaw.mov',
    video: 'libx264 -bf 0 -g 10',
    sound: 'pcm_mulaw -ar 8000 -ac 1',
    told: ['h264', 'pcm_mulaw'],
  },
];

describe('a simulated camera', { timeout: 60_000 }, () => {
  let folder = '';
  const closers: (() => unknown)[] = [];
  const options = () => ({ ffmpegPath: 'ffmpeg', cacheFolder: join(folder, 'cache') });

  function encode({ file, video, sound }: Pick<Film, 'file' | 'video' | 'sound'>): string {
    const target = join(folder, file);
    const inputs =
      '-v error -f lavfi -i testsrc2=size=320x192:rate=10 -f lavfi -i anoisesrc=seed=1:sample_rate=48000:amplitude=0.3';
    const words = `${inputs} -t 2 -pix_fmt yuv420p -preset ultrafast -c:v ${video} -c:a ${sound} -y ${target}`;
    execFileSync('ffmpeg', words.split(' '));
    return target;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vantage-codecs-'));
    for (const film of FILMS) encode(film);
  }, 60_000);

  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function simulate(clipFile: string): Promise<CameraSimulator> {
    const simulator = new CameraSimulator({
      port: 0,
      cameras: [{ path: PATH, clipFile, phaseMs: 0 }],
      log: silentLog,
      cacheFolder: options().cacheFolder,
    });
    closers.push(() => simulator.close());
    await simulator.start();
    return simulator;
  }

  async function watch(url: string, transport: 'tcp' | 'udp'): Promise<{ units: AccessUnit[]; sound: AudioFrame[] }> {
    const [units, sound]: [AccessUnit[], AudioFrame[]] = [[], []];
    const session = new RtspSession({
      url,
      transport,
      credentials: undefined,
      connectTimeoutMs: 5000,
      stallTimeoutMs: 5000,
      clock: systemClock,
      onAccessUnit: (unit) => units.push({ ...unit, nalUnits: unit.nalUnits.map((nal) => Buffer.from(nal)) }),
      onAudioFrame: (frame) => sound.push({ ...frame, bytes: Buffer.from(frame.bytes) }),
    });
    closers.push(() => session.close());
    await session.start(never);
    // More than one round of the clip.
    await expect.poll(() => units.length, WAIT).toBeGreaterThan(25);
    await session.close();
    return { units, sound };
  }

  /** Whether these follow one another in the film, which goes round, from wherever they begin. */
  function follows(found: readonly string[], film: readonly string[]): boolean {
    const start = film.indexOf(found[0] ?? '');
    return start >= 0 && found.every((one, index) => one === film[(start + index) % film.length]);
  }

  const hex = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('hex');
  const picturesOf = (clip: Clip): string[] => clip.pictures.map(({ nalUnits }) => hex(nalUnits));

  it.each(FILMS)('plays $file as it is, pictures and sound, over TCP and UDP', async ({ file }) => {
    const clip = await loadClip(join(folder, file), { ...options(), ffmpegPath: '/nonexistent/ffmpeg' });
    expect(clip.sound?.frames.length).toBeGreaterThan(70);
    const simulator = await simulate(join(folder, file));
    const watched = await Promise.all([watch(simulator.url(PATH), 'tcp'), watch(simulator.url(PATH), 'udp')]);
    for (const { units, sound } of watched) {
      expect(units.some(({ damaged }) => damaged)).toBe(false);
      const pictures = units.map(({ nalUnits }) => hex(nalUnits));
      expect(follows(pictures, picturesOf(clip))).toBe(true);
      for (const [i, unit] of units.entries()) expect(unit.pts90k - units[0]!.pts90k).toBe(i * 9000);
      expect(units[0]!.format).toMatchObject({ codec: clip.format.codec, widthPx: 320, heightPx: 192 });
      const { format, frames = [] } = clip.sound ?? {};
      expect(sound[0]?.format).toMatchObject({ codec: format?.codec, sampleRateHz: format?.sampleRateHz });
      expect(sound.length).toBeGreaterThan(70);
      const heard = sound.map(({ bytes }) => hex([bytes]));
      expect(
        follows(
          heard,
          frames.map(({ bytes }) => hex([bytes])),
        ),
      ).toBe(true);
    }
  });

  // Both codecs, and both kinds of sound.
  it.each([FILMS[0]!, FILMS[3]!])(
    'plays $file for ffmpeg, which finds nothing wrong with it',
    async ({ file, told }) => {
      const simulator = await simulate(join(folder, file));
      const input = (transport: string) => `-v error -rtsp_transport ${transport} -i ${simulator.url(PATH)}`;
      const run = async (program: string, words: string) => await promisify(execFile)(program, words.split(' '));
      const [probed, ...played] = await Promise.all([
        run('ffprobe', `${input('tcp')} -show_entries stream=codec_name -of csv=p=0`),
        run('ffmpeg', `-nostdin ${input('tcp')} -t 1.5 -f null -`),
        run('ffmpeg', `-nostdin ${input('udp')} -t 1.5 -f null -`),
      ]);
      expect(probed.stdout.trim().split('\n')).toEqual(told);
      expect(played.map(({ stderr }) => stderr)).toEqual(['', '']);
    },
  );

  it('converts what it must and keeps the codec: other containers are copied, B-pictures encoded anew', async () => {
    const load = (file: string) => loadClip(join(folder, file), options());
    const copied = encode({
      file: 'h265.mkv',
      video: 'libx265 -x265-params bframes=0:keyint=10:log-level=none',
      sound: 'pcm_alaw -ar 8000 -ac 1',
    });
    expect(picturesOf(await load('h265.mkv'))).toHaveLength(20);
    expect((await load('h265.mkv')).sound?.format.codec).toBe('pcma');
    expect((await load('h265.mkv')).format.codec).toBe('h265');
    encode({ file: 'b.mp4', video: 'libx265 -x265-params bframes=2:keyint=10:log-level=none', sound: 'aac' });
    expect(await load('b.mp4')).toMatchObject({ format: { codec: 'h265' }, sound: { format: { codec: 'aac' } } });
    expect(await readdir(options().cacheFolder)).toHaveLength(2);
    await rm(copied);
  });
});

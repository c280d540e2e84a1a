import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { encodeMarkedVideo } from '#ingest/frames/testing/marked-video.ts';
import { StreamHub } from '#ingest/hub/stream-hub.ts';
import type { AccessUnit } from '#ingest/media.ts';
import { isRaslPicture } from '#ingest/rtp/h265-nal.ts';
import { loadClip } from '#ingest/simulator/clip.ts';
import { accessUnitsOf } from '#ingest/testdata/access-units.ts';
import { encodeClip } from '#ingest/testdata/encode-clip.ts';
import { Fmp4Channel, MAX_BUFFERED_BYTES, type ViewerSocket } from './fmp4-channel.ts';

const CLIP = fileURLToPath(new URL('../../ingest/simulator/clips/kitchen.mp4', import.meta.url));
const START_MS = Date.UTC(2026, 10, 23, 18);

let units: readonly AccessUnit[];
/** Index of each key frame. */
let keys: readonly number[];

beforeAll(async () => {
  const { pictures, format } = await loadClip(CLIP, { ffmpegPath: 'ffmpeg', cacheFolder: '/nonexistent' });
  units = pictures.slice(0, 240).map((picture) => ({
    ...picture,
    format,
    wallMs: START_MS + picture.pts90k / 90,
    arrivedMs: picture.pts90k / 90,
    sizeBytes: picture.nalUnits.reduce((sum, nal) => sum + nal.length, 0),
    damaged: false,
  }));
  keys = units.flatMap(({ isKeyFrame }, index) => (isKeyFrame ? [index] : []));
});

type Message = { readonly type: string; readonly droppedFrames?: number; readonly startTime?: string };

class Socket implements ViewerSocket {
  readonly sent: (Message | Uint8Array)[] = [];
  bufferedBytes = 0;
  /** Bytes that stay unsent. */
  isStuck = false;

  sendText(text: string): void {
    this.sent.push(JSON.parse(text) as Message);
  }

  sendBinary(data: Uint8Array): void {
    this.sent.push(data);
    if (this.isStuck) this.bufferedBytes += data.length;
  }

  get messages(): readonly Message[] {
    return this.sent.flatMap((item) => (item instanceof Uint8Array ? [] : [item]));
  }

  /** The files that a player is given: what comes between one start and the next. */
  get runs(): readonly Buffer[] {
    const runs: Uint8Array[][] = [];
    for (const item of this.sent) {
      if (item instanceof Uint8Array) runs.at(-1)?.push(item);
      else if (item.type === 'start') runs.push([]);
    }
    return runs.map((parts) => Buffer.concat(parts));
  }

  /** Decoding time, duration and composition offset of each fragment, 90 kHz. */
  get fragments(): readonly { decode90k: number; duration90k: number; offset90k: number }[] {
    return this.sent.filter((item) => item instanceof Uint8Array).flatMap((bytes) => readFragment(Buffer.from(bytes)));
  }
}

function readFragment(bytes: Buffer): { decode90k: number; duration90k: number; offset90k: number }[] {
  if (bytes.toString('latin1', 4, 8) !== 'moof') return [];
  const tfdt = bytes.indexOf('tfdt');
  const trun = bytes.indexOf('trun');
  const sample = trun + 16;
  return [
    {
      decode90k: Number(bytes.readBigUInt64BE(tfdt + 8)),
      duration90k: bytes.readUInt32BE(sample),
      offset90k: bytes.readInt32BE(sample + 12),
    },
  ];
}

/** Frames as ffmpeg counts them; fails when it finds anything to complain about. */
function decode(run: Buffer): number {
  const { stdout, stderr, status } = spawnSync(
    'ffmpeg',
    '-v error -xerror -f mp4 -i - -fps_mode passthrough -f framemd5 -'.split(' '),
    { input: run, maxBuffer: 1 << 26, timeout: 60_000 },
  );
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  return stdout
    .toString()
    .split('\n')
    .filter((line) => /^\d/.test(line)).length;
}

function open(before: readonly AccessUnit[] = []): { hub: StreamHub; socket: Socket; channel: Fmp4Channel } {
  const hub = new StreamHub({
    onReaderError: (error) => {
      throw error;
    },
  });
  for (const unit of before) hub.publish(unit);
  const socket = new Socket();
  return { hub, socket, channel: new Fmp4Channel({ hub, socket }) };
}

test('a viewer who comes in the middle gets the pictures since the last key frame at once, then each new one', () => {
  const middle = keys[1]! + 5;
  const { hub, socket } = open(units.slice(0, middle));
  expect(socket.sent[0]).toMatchObject({
    type: 'start',
    mimeType: `video/mp4; codecs="${units[0]!.format.codecString}"`,
    widthPx: units[0]!.format.widthPx,
    heightPx: units[0]!.format.heightPx,
    startTime: new Date(units[keys[1]!]!.wallMs).toISOString(),
  });
  expect(Buffer.from(socket.sent[1] as Uint8Array).toString('latin1', 4, 8)).toBe('ftyp');
  // The newest is held back until its duration is known.
  expect(socket.fragments).toHaveLength(4);
  for (const unit of units.slice(middle, middle + 7)) hub.publish(unit);
  expect(socket.fragments).toHaveLength(11);
  expect(socket.messages).toHaveLength(1);
});

test('ffmpeg takes what a viewer gets, and finds every picture', () => {
  const { hub, socket } = open(units.slice(0, 40));
  for (const unit of units.slice(40, 121)) hub.publish(unit);
  const first = keys.findLast((index) => index < 40)!;
  expect(socket.runs).toHaveLength(1);
  expect(decode(socket.runs[0]!)).toBe(120 - first);
});

test('without pictures so far it begins with the first key frame, and tells of no lag', () => {
  const { hub, socket } = open();
  for (const unit of units.slice(keys[0]! + 1, keys[1]! + 3)) hub.publish(unit);
  expect(socket.messages.map(({ type }) => type)).toEqual(['start']);
  expect(socket.fragments).toHaveLength(2);
});

test('a viewer too slow is told how many pictures were left out, and goes on at the next key frame in step with time', () => {
  const stuckAt = keys[1]! + 4;
  const { hub, socket } = open();
  for (const [index, unit] of units.slice(0, keys[2]! + 20).entries()) {
    socket.bufferedBytes = index >= stuckAt && index < stuckAt + 3 ? MAX_BUFFERED_BYTES + 1 : 0;
    hub.publish(unit);
  }
  const lag = socket.sent.findIndex((item) => !(item instanceof Uint8Array) && item.type === 'lag');
  // One was held back when it began.
  expect(socket.sent[lag]).toEqual({ type: 'lag', droppedFrames: keys[2]! - stuckAt + 1 });
  expect(socket.messages.map(({ type }) => type)).toEqual(['start', 'lag']);
  const before = socket.sent.slice(0, lag).filter((item) => item instanceof Uint8Array).length - 1;
  const { fragments } = socket;
  expect(fragments.length).toBe(keys[2]! + 20 - 1 - (keys[2]! - stuckAt + 1));
  expect(fragments[before]!.decode90k).toBe(units[keys[2]!]!.pts90k - units[0]!.pts90k);
  for (const [index, { decode90k }] of fragments.entries()) {
    const previous = fragments[index - 1];
    if (previous) expect(decode90k).toBeGreaterThanOrEqual(previous.decode90k + previous.duration90k);
  }
  expect(decode(socket.runs[0]!)).toBe(fragments.length);
});

test('a viewer who never gets well is sent no more than the bound', () => {
  const { hub, socket } = open(units.slice(0, 1));
  socket.isStuck = true;
  for (let round = 0; round < 60; round++) {
    const later = round * 90_000 * 10;
    for (const unit of units) hub.publish({ ...unit, pts90k: unit.pts90k + later });
  }
  expect(socket.bufferedBytes).toBeGreaterThan(MAX_BUFFERED_BYTES);
  const largest = Math.max(...units.map(({ sizeBytes }) => sizeBytes));
  expect(socket.bufferedBytes).toBeLessThan(MAX_BUFFERED_BYTES + 2 * largest + 1000);
});

test('a long group of large pictures to begin with is not taken for a slow viewer', () => {
  const large = units.slice(0, 3).map((unit, index) => {
    const nalUnits = [...unit.nalUnits, Buffer.alloc(1_500_000, 0x0c)];
    return { ...unit, nalUnits, isKeyFrame: index === 0, sizeBytes: unit.sizeBytes + 1_500_000 };
  });
  const hub = new StreamHub();
  for (const unit of large) hub.publish(unit);
  const socket = new Socket();
  socket.isStuck = true;
  const channel = new Fmp4Channel({ hub, socket });
  hub.publish({ ...units[3]!, isKeyFrame: false });
  expect(socket.fragments).toHaveLength(3);
  expect(socket.messages.map(({ type }) => type)).toEqual(['start']);
  channel.close();
});

test('after the stream broke off its last picture still comes, and the next key frame starts the player anew', () => {
  const { hub, socket } = open();
  for (const unit of units.slice(0, 10)) hub.publish(unit);
  hub.signalDiscontinuity('stream_error');
  expect(socket.fragments).toHaveLength(10);
  for (const unit of units.slice(keys[1]! - 3, keys[1]! + 6)) hub.publish({ ...unit, pts90k: unit.pts90k - 100_000 });
  expect(socket.messages.map(({ type }) => type)).toEqual(['start', 'start']);
  expect(socket.runs.map(decode)).toEqual([10, 5]);
  expect(socket.fragments[10]!.decode90k).toBe(0);
});

test('a change of format starts the player anew at its key frame', () => {
  const other = encodeMarkedVideo({ widthPx: 320, heightPx: 192, frames: 6, firstNumber: 1, gop: 3 });
  const { hub, socket } = open();
  for (const unit of units.slice(0, 10)) hub.publish(unit);
  for (const unit of other) hub.publish({ ...unit, pts90k: unit.pts90k + units[10]!.pts90k });
  expect(socket.messages).toMatchObject([{ type: 'start' }, { type: 'start', widthPx: 320, heightPx: 192 }]);
  expect(socket.runs.map(decode)).toEqual([10, 5]);
});

test('a camera that sets its clock back or far ahead starts the player anew, and never makes times that overlap', () => {
  const { hub, socket } = open();
  const gop = units.slice(0, keys[1]!);
  for (const unit of gop) hub.publish({ ...unit, pts90k: unit.pts90k + 900_000 });
  // Back in the middle of a group: nothing of it can be shown until a key frame comes.
  for (const unit of gop.slice(1, 4)) hub.publish(unit);
  for (const unit of gop) hub.publish(unit);
  for (const unit of gop) hub.publish({ ...unit, pts90k: unit.pts90k + 9_000_000 });
  expect(socket.messages.map(({ type }) => type)).toEqual(['start', 'start', 'start']);
  expect(socket.runs.map(decode)).toEqual([gop.length, gop.length, gop.length - 1]);
});

test.each([
  ['', 2],
  [':b-pyramid=normal', 3],
])('pictures that come out of order are shown in order (B-pictures%s)', (parameters, bPictures) => {
  const gop = 12;
  const encoded = encodeMarkedVideo({
    widthPx: 320,
    heightPx: 192,
    frames: 48,
    firstNumber: 0,
    gop,
    encoderArguments: [
      '-profile:v',
      'high',
      '-bf',
      `${bPictures}`,
      '-x264-params',
      `b-adapt=0:open-gop=0${parameters}`,
    ],
  });
  const shown = presentationOrder(encoded);
  const { hub, socket } = open();
  for (const [index, unit] of encoded.entries()) hub.publish({ ...unit, pts90k: shown[index]! * 9000 });
  hub.signalDiscontinuity('stream_error');
  const { fragments } = socket;
  expect(fragments.map(({ decode90k, offset90k }) => decode90k + offset90k)).toEqual(shown.map((at) => at * 9000));
  for (const [index, { decode90k }] of fragments.entries())
    expect(decode90k).toBeGreaterThan(fragments[index - 1]?.decode90k ?? -1);
  // Once the order is known the times are even.
  expect(fragments.slice(gop).map(({ duration90k }) => duration90k)).toEqual(
    Array.from({ length: 48 - gop }, () => 9000),
  );
  expect(decode(socket.runs[0]!)).toBe(48);
});

/** Position in presentation of each unit, as ffmpeg's parser sees it. */
function presentationOrder(encoded: readonly AccessUnit[]): number[] {
  const startCode = Buffer.from([0, 0, 0, 1]);
  const { format } = encoded[0]!;
  const aud = Buffer.from([9, 0xf0]);
  const annexB = Buffer.concat(
    encoded.flatMap(({ nalUnits, isKeyFrame }) =>
      [aud, ...(isKeyFrame ? [format.sps, format.pps] : []), ...nalUnits].flatMap((nal) => [startCode, nal]),
    ),
  );
  const { stdout } = spawnSync(
    'ffprobe',
    '-v error -f h264 -framerate 10 -i - -show_entries frame=pkt_pos,pkt_size -of csv=p=0'.split(' '),
    { input: annexB, maxBuffer: 1 << 26, timeout: 60_000 },
  );
  // Frames come in the order they are shown, each with the place of its bytes in the stream, which is the order of decoding.
  const places = stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.split(',')[0]));
  const decodeOrder = [...places].sort((a, b) => a - b);
  return decodeOrder.map((place) => places.indexOf(place));
}

test('a closed channel sends nothing more', () => {
  const { hub, socket, channel } = open(units.slice(0, 5));
  const count = socket.sent.length;
  channel.close();
  for (const unit of units.slice(5, 20)) hub.publish(unit);
  expect(socket.sent).toHaveLength(count);
});

test('sends H.265 as hvc1, without the pictures that nobody could decode', () => {
  const codec = 'h265';
  const clip = accessUnitsOf(encodeClip({ codec, frames: 48, gop: 12, bFrames: 2, openGop: true }), { codec });
  // Joined at a CRA: some pictures lean over it to others before it.
  const joined = clip.slice(clip.findIndex(({ isKeyFrame }, index) => isKeyFrame && index > 0));
  const next = joined.findIndex(({ isKeyFrame }, index) => isKeyFrame && index > 0);
  const leaning = joined.slice(0, next).filter(isRaslPicture).length;
  expect(leaning).toBeGreaterThan(0);
  const hub = new StreamHub();
  const socket = new Socket();
  const channel = new Fmp4Channel({ hub, socket });
  for (const unit of joined) hub.publish(unit);
  hub.signalDiscontinuity('stream_error');
  channel.close();
  expect(socket.messages).toEqual([
    expect.objectContaining({ type: 'start', mimeType: expect.stringMatching(/codecs="hvc1\.1\./) as string }),
  ]);
  const [run] = socket.runs;
  const entries = 'stream=codec_tag_string,nb_read_frames:packet=dts';
  const probed = spawnSync(
    'ffprobe',
    ['-v', 'error', '-count_frames', '-show_entries', entries, '-of', 'csv=p=0', '-'],
    {
      input: run!,
      encoding: 'utf8',
    },
  );
  const lines = probed.stdout.split('\n').filter(Boolean);
  expect([probed.stderr, lines.at(-1)]).toEqual(['', `hvc1,${joined.length - leaning}`]);
  const times = lines.slice(0, -1).map(Number.parseFloat);
  expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true);
});

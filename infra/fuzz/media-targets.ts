import { SimulatedClock } from '#infra/runtime/clock.ts';
import { rewriteH265Sps } from '#ingest/frames/h265-sps-rewriter.ts';
import { buildInitSegment } from '#ingest/recorder/fmp4-boxes.ts';
import { Fmp4Muxer } from '#ingest/recorder/fmp4-muxer.ts';
import { findWholePart } from '#ingest/recorder/segment-recovery.ts';
import { AacDepacketizer, G711Depacketizer } from '#ingest/rtp/audio-depacketizer.ts';
import { AudioReceiver } from '#ingest/rtp/audio-receiver.ts';
import { H265ParameterSets, h265VpsFrameRate } from '#ingest/rtp/h265-parameter-sets.ts';
import { parseH265Sps } from '#ingest/rtp/h265-sps.ts';
import { isRtcp } from '#ingest/rtp/rtcp.ts';
import { JitterBuffer } from '#ingest/rtp/jitter-buffer.ts';
import { buildRtpPacket } from '#ingest/rtp/rtp-packet.ts';
import { accessUnitsOf } from '#ingest/testdata/access-units.ts';
import { type ClipPicture, encodeClip } from '#ingest/testdata/encode-clip.ts';
import { encodeSound } from '#ingest/testdata/encode-sound.ts';
import { packetize } from '#ingest/testdata/packetize.ts';
import { capturedSessions } from './corpus.ts';
import { type FuzzTarget, must, refusal } from './fuzz-target.ts';
import { packetRow, packetsOf, packetsOfRow, receive } from './session-reading.ts';

const WALL_MS = 1_764_000_000_000;
const MAX_SOUND_SIZE_BYTES = 0x10000;
const JITTER_LIMITS = { maxWaitMs: 200, startWaitMs: 50, maxPackets: 32, maxSizeBytes: 64 * 1024 };

const made = new Map<string, readonly ClipPicture[]>();

function h265Clip(bFrames: number): readonly ClipPicture[] {
  const known = made.get(`${bFrames}`);
  if (known) return known;
  const clip = encodeClip({ codec: 'h265', frames: 12, gop: 6, bFrames, openGop: bFrames > 0 });
  made.set(`${bFrames}`, clip);
  return clip;
}

/** Pictures through RTP and the recorder's muxer into the bytes of a file. */
function recording(codec: 'h264' | 'h265'): Buffer {
  const clip = codec === 'h265' ? h265Clip(0) : encodeClip({ frames: 12, gop: 4 });
  const units = accessUnitsOf(clip, { codec });
  const muxer = new Fmp4Muxer();
  const parts: Buffer[] = [];
  for (const unit of units) {
    if (parts.length === 0) parts.push(Buffer.from(buildInitSegment(unit.format)));
    const fragment = muxer.push(unit);
    if (fragment) parts.push(fragment.bytes);
  }
  return Buffer.concat(parts);
}

/** The first byte says AAC or G.711, the next four the lengths of the AU headers' fields; then a row of packets. */
function receiveSound(bytes: Buffer): void {
  const clock = new SimulatedClock(WALL_MS);
  const [kind = 0, sizeBits = 0, indexBits = 0, indexDeltaBits = 0] = bytes;
  const isAac = kind % 2 === 0;
  const format = {
    codec: isAac ? 'aac' : 'pcma',
    sampleRateHz: isAac ? 16_000 : 8000,
    channels: 1,
    config: Buffer.alloc(2),
    codecString: 'x',
  } as const;
  let sizeBytes = 0;
  const receiver = new AudioReceiver({
    payloadType: 97,
    format,
    clock,
    depacketizer: isAac
      ? new AacDepacketizer(
          // What the description may say; see `selectAudioTrack`.
          { sizeBits: 1 + (sizeBits % 16), indexBits: indexBits % 17, indexDeltaBits: indexDeltaBits % 17 },
          1024,
        )
      : new G711Depacketizer(1),
    pictureOffsets: () => ({ reportedMs: kind > 127 ? WALL_MS : undefined, arrivalMs: WALL_MS }),
    onAudioFrame: (frame) => {
      must(frame.bytes.length > 0 && frame.bytes.length <= MAX_SOUND_SIZE_BYTES, 'a piece of sound is within bounds');
      must(Number.isSafeInteger(frame.pts90k) && Number.isSafeInteger(frame.wallMs), 'times are whole numbers');
      must(frame.samples > 0 && frame.samples <= MAX_SOUND_SIZE_BYTES, 'a piece of sound has samples');
      sizeBytes += frame.bytes.length;
    },
  });
  for (const packet of packetsOfRow(bytes.subarray(4))) {
    if (isRtcp(packet)) receiver.takeRtcp(packet);
    else receiver.takeRtp(packet);
    clock.advance(20);
  }
  must(sizeBytes <= bytes.length, 'hands on no more than came in');
  receiver.receiverReport();
}

/** In front of each packet: how many milliseconds it comes after the one before. */
function reorder(bytes: Buffer): void {
  let nowMs = 1000;
  let pushed = 0;
  let emitted = 0;
  let newest: { ssrc: number; sequenceNumber: number } | undefined;
  let backwards = 0;
  const buffer = new JitterBuffer((packet) => {
    emitted++;
    if (packet.length < 12) return;
    const [ssrc, sequenceNumber] = [packet.readUInt32BE(8), packet.readUInt16BE(2)];
    if (newest?.ssrc === ssrc && ((sequenceNumber - newest.sequenceNumber) & 0xffff) > 0x8000) backwards++;
    newest = { ssrc, sequenceNumber };
  }, JITTER_LIMITS);
  for (const entry of packetsOfRow(bytes)) {
    if (entry.length === 0) continue;
    nowMs += entry.readUInt8(0);
    const packet = entry.subarray(1);
    pushed++;
    buffer.expire(nowMs);
    buffer.push(packet, nowMs);
    const held = pushed - emitted - buffer.counters.discarded;
    // One more waits for the next one, which tells a restart from a stray packet.
    must(held >= 0 && held <= JITTER_LIMITS.maxPackets + 1, 'every packet is handed on, discarded or held');
    const { dueMs } = buffer;
    must(dueMs === undefined || dueMs > nowMs, 'nothing waits longer than it may');
  }
  buffer.flush();
  const held = pushed - emitted - buffer.counters.discarded;
  must(held === 0 || held === 1, 'nothing stays behind');
  must(buffer.dueMs === undefined, 'nobody need call again');
  // Backwards only where a sender began anew: two packets in a row each.
  must(backwards <= pushed / 2, 'packets come out in order');
}

function sound(kind: 'aac' | 'pcma'): Buffer {
  const { frames, frameSamples } = encodeSound(kind, 1);
  const packets = frames.slice(0, 12).map((frame, index) => {
    const header = Buffer.from([0, 16, frame.length >> 5, (frame.length << 3) & 0xff]);
    const payload = kind === 'aac' ? Buffer.concat([header, frame]) : frame;
    return buildRtpPacket({
      marker: true,
      payloadType: 97,
      sequenceNumber: 65_530 + index > 65_535 ? index - 6 : 65_530 + index,
      timestamp: index * frameSamples,
      ssrc: 9,
      payload,
    });
  });
  return Buffer.concat([Buffer.from(kind === 'aac' ? [0, 12, 3, 3] : [1, 0, 0, 0]), packetRow(packets)]);
}

function fileOf(bytes: Buffer): Parameters<typeof findWholePart>[0] {
  return {
    stat: async () => ({ size: bytes.length }),
    read: async (into, offset, length, position) => ({
      bytesRead: bytes.copy(into, offset, position, Math.min(bytes.length, position + length)),
    }),
  };
}

/** Pictures other than H.264, sound, packets in any order, and files that a crash left behind. */
export const MEDIA_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'h265-row',
    seeds: () =>
      [0, 2].flatMap((bFrames) =>
        [200, 1200].map((maxPayload) =>
          packetRow(packetize(h265Clip(bFrames), { codec: 'h265', maxPayload }).map(buildRtpPacket)),
        ),
      ),
    run: (bytes) =>
      receive(
        [...packetsOfRow(bytes)].map((packet) => ({ channel: 0, bytes: packet })),
        'h265',
      ),
  },
  {
    name: 'h265-parameter-sets',
    seeds: () => [0, 2].map((bFrames) => packetRow((h265Clip(bFrames)[0]?.nals ?? []).slice(0, 3))),
    run(bytes) {
      const sets = new H265ParameterSets();
      for (const set of packetsOfRow(bytes)) {
        sets.update(set);
        refusal(['RTP_PAYLOAD_MALFORMED'], () => {
          const { widthPx, heightPx } = parseH265Sps(set);
          must(widthPx >= 1 && widthPx <= 16_384 && heightPx >= 1 && heightPx <= 16_384, 'a size is within bounds');
        });
        refusal(['RTP_PAYLOAD_MALFORMED', 'PICTURE_UNDECODABLE'], () => void rewriteH265Sps(set));
        const rate = h265VpsFrameRate(set);
        must(rate === undefined || (rate > 0 && Number.isFinite(rate)), 'a rate is a rate');
      }
      if (sets.format) must(buildInitSegment(sets.format).length < 32_768, 'the head of a file is small');
      must(sets.extras.length <= 80, 'no more sets than have a number');
    },
  },
  { name: 'sound-row', seeds: () => [sound('aac'), sound('pcma')], run: receiveSound },
  {
    name: 'jitter-buffer',
    seeds: () =>
      capturedSessions().map((session) =>
        packetRow(packetsOf(session).map(({ bytes }, index) => Buffer.concat([Buffer.of((index * 7) % 40), bytes]))),
      ),
    run: reorder,
  },
  {
    name: 'recording',
    seeds: () => [recording('h264'), recording('h265')],
    words: ['moof', 'mdat', 'moov', 'tfhd', 'tfdt', 'trun', 'avcC', 'hvcC', 'esds', 'alaw'],
    async run(bytes) {
      const whole = await findWholePart(fileOf(bytes));
      if (!whole) return;
      must(whole.sizeBytes <= bytes.length, 'what is whole lies in the file');
      must(whole.frames >= 0 && whole.frames <= bytes.length, 'no more pictures than bytes');
      must(Number.isFinite(whole.end90k), 'the end has a time');
      const again = await findWholePart(fileOf(bytes.subarray(0, whole.sizeBytes)));
      must(again?.frames === whole.frames && again.sizeBytes === whole.sizeBytes, 'a file that was cut is whole');
      const less = await findWholePart(fileOf(bytes.subarray(0, whole.sizeBytes - 1)));
      must((less?.sizeBytes ?? 0) < whole.sizeBytes, 'a file that is cut has less');
    },
  },
];

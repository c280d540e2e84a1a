import { createHash } from 'node:crypto';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { buildInitSegment } from '#ingest/recorder/fmp4-boxes.ts';
import { Fmp4Muxer } from '#ingest/recorder/fmp4-muxer.ts';
import type { VideoCodec } from '#ingest/media.ts';
import { VideoReceiver } from '#ingest/rtp/video-receiver.ts';
import { RtspReader } from '#ingest/rtsp/rtsp-message.ts';
import { must, refusal } from './fuzz-target.ts';

const READER_CODES = ['RTSP_NOT_RTSP', 'RTSP_PROTOCOL'];
/** A picture is joined up to 8 MB; parameter sets may come on top. */
const MAX_UNIT_SIZE_BYTES = 9 * 1024 * 1024;
/** Of its own clock a camera is believed so much. */
const MAX_AHEAD_MS = 10_001;
const FRAME_MS = 40;

export const RTSP_WORDS = [
  'RTSP/1.0 200 OK\r\n',
  'RTSP/1.0 401 Unauthorized\r\n',
  'OPTIONS * RTSP/1.0\r\n',
  'Content-Length: 99999\r\n',
  'Content-Length: ',
  'CSeq: 1\r\n',
  '\r\n\r\n',
  '\n',
  '$\0',
  '$\x01\xff\xff',
  '$\0\0\0',
];

export interface SessionPacket {
  readonly channel: number;
  readonly bytes: Buffer;
}

/** What the reader made of a session, as text that can be compared. Reads as the receive buffer is used: again and again. */
export function readSession(parts: Iterable<Buffer>): { readonly log: string; readonly interleavedSizeBytes: number } {
  const hash = createHash('sha1');
  let interleavedSizeBytes = 0;
  const reader = new RtspReader({
    onMessage: (message) => {
      hash.update(
        message.type === 'request' ? `${message.method} ${message.uri}` : `${message.status} ${message.reason}`,
      );
      hash.update(JSON.stringify([...message.headers])).update(message.body);
    },
    onInterleaved: (channel, whole, start, end) => {
      const bytes = whole.subarray(start, end);
      interleavedSizeBytes += bytes.length;
      hash.update(`$${channel} ${bytes.length} `).update(bytes);
    },
  });
  const shared = Buffer.alloc(256 * 1024);
  const code = refusal(READER_CODES, () => {
    for (const part of parts) {
      part.copy(shared);
      reader.push(shared.subarray(0, part.length));
      shared.fill(0xff, 0, part.length);
    }
  });
  return { log: `${hash.digest('hex')} ${code}`, interleavedSizeBytes };
}

/** The interleaved packets up to where the session breaks. */
export function packetsOf(session: Buffer): readonly SessionPacket[] {
  const packets: SessionPacket[] = [];
  const reader = new RtspReader({
    onMessage: () => undefined,
    onInterleaved: (channel, bytes, start, end) =>
      void packets.push({ channel, bytes: Buffer.from(bytes.subarray(start, end)) }),
  });
  refusal(READER_CODES, () => reader.push(session));
  return packets;
}

export function descriptionsOf(session: Buffer): readonly Buffer[] {
  const bodies: Buffer[] = [];
  const reader = new RtspReader({
    onMessage: ({ body }) => {
      if (body.length > 0) bodies.push(body);
    },
    onInterleaved: () => undefined,
  });
  refusal(READER_CODES, () => reader.push(session));
  return bodies;
}

/** Each packet behind its length, so that what is damaged stays in its packet. */
export function packetRow(packets: readonly Buffer[]): Buffer {
  return Buffer.concat(packets.flatMap((bytes) => [Buffer.of(bytes.length >> 8, bytes.length), bytes]));
}

/** The packets of a row up to where it breaks. */
export function* packetsOfRow(row: Buffer): Generator<Buffer> {
  for (let at = 0; at + 2 <= row.length; ) {
    const end = at + 2 + row.readUInt16BE(at);
    yield row.subarray(at + 2, end);
    at = end;
  }
}

/** Even channels as RTP, odd ones as RTCP, through the receiver into the recorder's muxer; checks all that comes out. */
export function receive(packets: readonly SessionPacket[], codec: VideoCodec = 'h264'): void {
  const clock = new SimulatedClock(1_764_000_000_000);
  let muxer = new Fmp4Muxer();
  let format: unknown;
  const receiver = new VideoReceiver({
    codec,
    payloadType: 96,
    parameterSets: [],
    clock,
    onAccessUnit: (unit) => {
      const nalsSizeBytes = unit.nalUnits.reduce((sum, nal) => sum + nal.length, 0);
      must(unit.sizeBytes === nalsSizeBytes, 'the size of a unit is that of its parts');
      must(nalsSizeBytes <= MAX_UNIT_SIZE_BYTES, 'a unit is within bounds');
      must(Number.isSafeInteger(unit.pts90k) && Number.isSafeInteger(unit.wallMs), 'times are whole numbers');
      must(unit.wallMs <= clock.nowMs() + MAX_AHEAD_MS, 'no picture is of the future');
      if (unit.format !== format) {
        format = unit.format;
        muxer = new Fmp4Muxer();
        must(buildInitSegment(unit.format).length < 16_384, 'the head of a file is small');
      }
      const fragment = muxer.push(unit);
      if (fragment) must(fragment.frames > 0 && fragment.end90k >= 0, 'a fragment has pictures');
    },
  });
  for (const { channel, bytes } of packets) {
    if (channel % 2 === 1) receiver.takeRtcp(bytes);
    else if (receiver.takeRtp(bytes)) clock.advance(FRAME_MS / 4);
  }
  muxer.flushBroken();
  const report = receiver.receiverReport();
  must(report === undefined || report.length > 0, 'a report can always be made');
}

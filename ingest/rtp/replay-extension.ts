import { RTP_HEADER_SIZE_BYTES } from './rtp-packet.ts';

/** What a device says of a picture that it replays. */
export interface ReplayMark {
  /** When it was taken, on the clock of the device: UTC epoch milliseconds with their fraction. */
  readonly deviceMs: number;
  /** C: decoding can start here. */
  readonly isCleanPoint: boolean;
  /** E: the last picture before a stretch that was not recorded. */
  readonly isEndOfSection: boolean;
  /** D: does not follow the picture before it. */
  readonly isDiscontinuity: boolean;
  /** T: the last picture of this replay. */
  readonly isTerminal: boolean;
  /** The low byte of the CSeq of the PLAY that it answers. */
  readonly cseq: number;
}

const PROFILE = 0xabac;
const WORDS = 3;
const NTP_UNIX_OFFSET_S = 2_208_988_800;
const ERA_S = 2 ** 32;
const FLAG = { cleanPoint: 0x80, endOfSection: 0x40, discontinuity: 0x20, terminal: 0x10 } as const;

/**
 * Reads the header extension of a replayed RTP packet. What follows it inside the extension (that of JPEG) is left alone.
 *
 * @param bytes one RTP packet
 * @returns undefined when the packet has none, or is malformed
 * @see ONVIF Streaming Specification, RTP header extension of Replay; RFC 3550 §5.3.1
 */
export function readReplayMark(bytes: Buffer): ReplayMark | undefined {
  if (bytes.length < RTP_HEADER_SIZE_BYTES) return undefined;
  const first = bytes.readUInt8(0);
  if (first >> 6 !== 2 || (first & 0x10) === 0) return undefined;
  const at = RTP_HEADER_SIZE_BYTES + (first & 0x0f) * 4;
  if (at + 4 > bytes.length || bytes.readUInt16BE(at) !== PROFILE) return undefined;
  const words = bytes.readUInt16BE(at + 2);
  if (words < WORDS || at + 4 + words * 4 > bytes.length) return undefined;
  const seconds = bytes.readUInt32BE(at + 4);
  // The era that began in 2036 begins again with small numbers.
  const era = seconds < 0x80000000 ? ERA_S : 0;
  const fraction = bytes.readUInt32BE(at + 8);
  const flags = bytes.readUInt8(at + 12);
  return {
    deviceMs: (seconds + era - NTP_UNIX_OFFSET_S) * 1000 + (fraction / ERA_S) * 1000,
    isCleanPoint: (flags & FLAG.cleanPoint) !== 0,
    isEndOfSection: (flags & FLAG.endOfSection) !== 0,
    isDiscontinuity: (flags & FLAG.discontinuity) !== 0,
    isTerminal: (flags & FLAG.terminal) !== 0,
    cseq: bytes.readUInt8(at + 13),
  };
}

/**
 * The packet with the extension put behind its header.
 * @param packet without an extension of its own
 */
export function withReplayMark(packet: Buffer, mark: ReplayMark): Buffer {
  const at = RTP_HEADER_SIZE_BYTES + (packet.readUInt8(0) & 0x0f) * 4;
  const bytes = Buffer.alloc(packet.length + 4 + WORDS * 4);
  packet.copy(bytes, 0, 0, at);
  packet.copy(bytes, at + 4 + WORDS * 4, at);
  bytes.writeUInt8(packet.readUInt8(0) | 0x10, 0);
  bytes.writeUInt16BE(PROFILE, at);
  bytes.writeUInt16BE(WORDS, at + 2);
  const seconds = Math.floor(mark.deviceMs / 1000);
  bytes.writeUInt32BE((seconds + NTP_UNIX_OFFSET_S) % ERA_S, at + 4);
  bytes.writeUInt32BE(Math.floor(((mark.deviceMs - seconds * 1000) / 1000) * ERA_S), at + 8);
  const flags =
    (mark.isCleanPoint ? FLAG.cleanPoint : 0) |
    (mark.isEndOfSection ? FLAG.endOfSection : 0) |
    (mark.isDiscontinuity ? FLAG.discontinuity : 0) |
    (mark.isTerminal ? FLAG.terminal : 0);
  bytes.writeUInt8(flags, at + 12);
  bytes.writeUInt8(mark.cseq & 0xff, at + 13);
  return bytes;
}

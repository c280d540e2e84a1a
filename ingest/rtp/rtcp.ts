/** What a receiver does with an RTCP packet. */
export type RtcpNotice =
  | {
      readonly kind: 'sender_report';
      readonly ssrc: number;
      /** The sender's clock, UTC epoch milliseconds. */
      readonly wallMs: number;
      /** Middle 32 bits of the NTP time, to be echoed in the receiver report. */
      readonly ntpMiddle: number;
      readonly rtpTimestamp: number;
    }
  | { readonly kind: 'bye'; readonly ssrc: number };

export interface ReceiverReport {
  readonly receiverSsrc: number;
  readonly senderSsrc: number;
  /** 0..255, in 1/256. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly extendedHighest: number;
  readonly jitter: number;
  /** Of the last sender report, 0 when there was none. */
  readonly lastReportNtpMiddle: number;
  readonly delaySinceLastReportMs: number;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
const NTP_UNIX_OFFSET_S = 2_208_988_800;
const CNAME = 'vantage';

/**
 * Tells RTCP from RTP where both may come the same way: by the packet type, which no RTP payload type may look like.
 * @see RFC 5761 §4
 */
export function isRtcp(bytes: Buffer, start = 0): boolean {
  const type = bytes[start + 1] ?? 0;
  return type >= 192 && type <= 223;
}

/** NTP seconds wrap in 2036: small values belong to the era after that. */
export function ntpToWallMs(seconds: number, fraction: number): number {
  const era = seconds < 0x80000000 ? 2 ** 32 : 0;
  return Math.round((seconds + era - NTP_UNIX_OFFSET_S + fraction / 2 ** 32) * 1000);
}

/**
 * Reads a compound packet; stops silently at the first part that is malformed.
 * @see RFC 3550 §6.4.1, §6.6
 */
export function parseRtcp(bytes: Buffer): readonly RtcpNotice[] {
  const notices: RtcpNotice[] = [];
  let offset = 0;
  while (offset + 8 <= bytes.length) {
    if (bytes.readUInt8(offset) >> 6 !== 2) break;
    const type = bytes.readUInt8(offset + 1);
    const end = offset + (bytes.readUInt16BE(offset + 2) + 1) * 4;
    if (end > bytes.length) break;
    if (type === SENDER_REPORT && end - offset >= 28) {
      const seconds = bytes.readUInt32BE(offset + 8);
      const fraction = bytes.readUInt32BE(offset + 12);
      notices.push({
        kind: 'sender_report',
        ssrc: bytes.readUInt32BE(offset + 4),
        wallMs: ntpToWallMs(seconds, fraction),
        ntpMiddle: bytes.readUInt32BE(offset + 10),
        rtpTimestamp: bytes.readUInt32BE(offset + 16),
      });
    } else if (type === GOODBYE && end - offset >= 8) {
      notices.push({ kind: 'bye', ssrc: bytes.readUInt32BE(offset + 4) });
    }
    offset = end;
  }
  return notices;
}

/**
 * A receiver report with one block, and the source description that must go with it.
 * @see RFC 3550 §6.4.2, §6.5
 */
export function buildReceiverReport(report: ReceiverReport): Buffer {
  // SDES: header, SSRC, item CNAME, end of list, padded to whole words.
  const chunkSizeBytes = Math.ceil((4 + 2 + CNAME.length + 1) / 4) * 4;
  const bytes = Buffer.alloc(32 + 4 + chunkSizeBytes);
  bytes.writeUInt8(0x81, 0);
  bytes.writeUInt8(RECEIVER_REPORT, 1);
  bytes.writeUInt16BE(7, 2);
  bytes.writeUInt32BE(report.receiverSsrc, 4);
  bytes.writeUInt32BE(report.senderSsrc, 8);
  bytes.writeUInt8(report.fractionLost, 12);
  bytes.writeUIntBE(report.cumulativeLost, 13, 3);
  bytes.writeUInt32BE(report.extendedHighest, 16);
  bytes.writeUInt32BE(report.jitter, 20);
  bytes.writeUInt32BE(report.lastReportNtpMiddle, 24);
  bytes.writeUInt32BE(Math.min(0xffffffff, Math.round(report.delaySinceLastReportMs * 65.536)), 28);
  bytes.writeUInt8(0x81, 32);
  bytes.writeUInt8(SOURCE_DESCRIPTION, 33);
  bytes.writeUInt16BE(chunkSizeBytes / 4, 34);
  bytes.writeUInt32BE(report.receiverSsrc, 36);
  bytes.writeUInt8(1, 40);
  bytes.writeUInt8(CNAME.length, 41);
  bytes.write(CNAME, 42, 'latin1');
  return bytes;
}

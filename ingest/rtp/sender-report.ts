/** Seconds between 1900 (NTP) and 1970. */
const NTP_EPOCH_S = 2_208_988_800;
const SENDER_REPORT = 200;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
const CNAME = 1;

/**
 * A compound RTCP packet: sender report and canonical name.
 * @see RFC 3550 §6.4.1, §6.5
 */
export function senderReport(report: {
  readonly ssrc: number;
  /** UTC epoch milliseconds of `rtpTimestamp`. */
  readonly wallMs: number;
  readonly rtpTimestamp: number;
  readonly packetsSent: number;
  readonly octetsSent: number;
  readonly canonicalName: string;
}): Buffer {
  const name = Buffer.from(report.canonicalName, 'utf8').subarray(0, 255);
  // SSRC, item type, length, name and at least one zero byte, padded to whole words.
  const descriptionSizeBytes = 4 + Math.ceil((4 + 2 + name.length + 1) / 4) * 4;
  const bytes = Buffer.alloc(28 + descriptionSizeBytes);
  bytes.writeUInt8(0x80, 0);
  bytes.writeUInt8(SENDER_REPORT, 1);
  bytes.writeUInt16BE(28 / 4 - 1, 2);
  bytes.writeUInt32BE(report.ssrc, 4);
  const seconds = Math.floor(report.wallMs / 1000);
  bytes.writeUInt32BE((seconds + NTP_EPOCH_S) % 2 ** 32, 8);
  bytes.writeUInt32BE(Math.floor(((report.wallMs - seconds * 1000) / 1000) * 2 ** 32), 12);
  bytes.writeUInt32BE(report.rtpTimestamp, 16);
  bytes.writeUInt32BE(report.packetsSent % 2 ** 32, 20);
  bytes.writeUInt32BE(report.octetsSent % 2 ** 32, 24);
  bytes.writeUInt8(0x81, 28);
  bytes.writeUInt8(SOURCE_DESCRIPTION, 29);
  bytes.writeUInt16BE(descriptionSizeBytes / 4 - 1, 30);
  bytes.writeUInt32BE(report.ssrc, 32);
  bytes.writeUInt8(CNAME, 36);
  bytes.writeUInt8(name.length, 37);
  name.copy(bytes, 38);
  return bytes;
}

/** Says that nothing more comes. @see RFC 3550 §6.6 */
export function goodbye(ssrc: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(0x81, 0);
  bytes.writeUInt8(GOODBYE, 1);
  bytes.writeUInt16BE(1, 2);
  bytes.writeUInt32BE(ssrc, 4);
  return bytes;
}

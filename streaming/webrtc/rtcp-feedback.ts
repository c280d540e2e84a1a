const PAYLOAD_SPECIFIC_FEEDBACK = 206;
const PICTURE_LOSS = 1;
const FULL_INTRA_REQUEST = 4;
const HEADER_BYTES = 12;
const FIR_ENTRY_BYTES = 8;

/**
 * The streams of which a compound RTCP packet asks for a key frame.
 *
 * @returns SSRCs; empty for all else, malformed packets included
 * @see RFC 4585 §6.3.1 (PLI), RFC 5104 §4.3.1 (FIR)
 */
export function keyFrameRequests(packet: Uint8Array): readonly number[] {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const wanted: number[] = [];
  for (let at = 0; at + 4 <= view.byteLength; ) {
    const endAt = at + (view.getUint16(at + 2) + 1) * 4;
    if (endAt > view.byteLength) break;
    if (view.getUint8(at + 1) === PAYLOAD_SPECIFIC_FEEDBACK && at + HEADER_BYTES <= endAt) {
      const kind = view.getUint8(at) & 0x1f;
      if (kind === PICTURE_LOSS) wanted.push(view.getUint32(at + 8));
      if (kind === FULL_INTRA_REQUEST) {
        for (let entry = at + HEADER_BYTES; entry + FIR_ENTRY_BYTES <= endAt; entry += FIR_ENTRY_BYTES)
          wanted.push(view.getUint32(entry));
      }
    }
    at = endAt;
  }
  return wanted;
}

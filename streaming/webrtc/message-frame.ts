const SIZE_FIELD_BYTES = 4;
/** No field of a flatbuffers message is aligned to more. */
const ALIGNMENT_BYTES = 8;

/**
 * What a message to the relay process has around an RTP packet: everything before it, and so many zero bytes after it. The same
 * for all packets of one producer whose sizes leave the same rest by 8, but for two fields: the size of the message
 * without that field at its beginning, and the size of the packet right before the packet; both 32 bits, little-endian.
 */
export interface MessageFrame {
  readonly head: Uint8Array;
  readonly tailSizeBytes: number;
}

/** Packets of one number, 0..7, have the same frame. */
export function frameNumber(packetSizeBytes: number): number {
  return packetSizeBytes % ALIGNMENT_BYTES;
}

/**
 * @param message as mediasoup wrote it
 * @returns undefined when it does not look as expected, as another version's might
 */
export function frameOf(message: Uint8Array, packet: Uint8Array): MessageFrame | undefined {
  for (let tailSizeBytes = 0; tailSizeBytes < ALIGNMENT_BYTES; tailSizeBytes++) {
    const start = message.length - tailSizeBytes - packet.length;
    if (start < 2 * SIZE_FIELD_BYTES) return undefined;
    const frame = { head: message.slice(0, start), tailSizeBytes };
    if (isFramed(message, frame, packet)) return frame;
  }
  return undefined;
}

/** Whether the message is just what we would have written. */
export function isFramed(message: Uint8Array, frame: MessageFrame, packet: Uint8Array): boolean {
  const ours = Buffer.allocUnsafe(framedSizeBytes(frame, packet));
  writeFramed(ours, 0, frame, packet);
  return ours.equals(message);
}

export function framedSizeBytes({ head, tailSizeBytes }: MessageFrame, packet: Uint8Array): number {
  return head.length + packet.length + tailSizeBytes;
}

/** @returns where the message ends */
export function writeFramed(target: Buffer, offset: number, frame: MessageFrame, packet: Uint8Array): number {
  const { head, tailSizeBytes } = frame;
  const start = offset + head.length;
  const end = start + packet.length + tailSizeBytes;
  target.set(head, offset);
  target.writeUInt32LE(end - offset - SIZE_FIELD_BYTES, offset);
  target.writeUInt32LE(packet.length, start - SIZE_FIELD_BYTES);
  target.set(packet, start);
  for (let at = start + packet.length; at < end; at++) target[at] = 0;
  return end;
}

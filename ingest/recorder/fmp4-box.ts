/** The pieces that boxes are made of (ISO/IEC 14496-12 §4.2). */

export const BOX_HEADER_SIZE_BYTES = 8;

export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, BOX_HEADER_SIZE_BYTES);
  const header = Buffer.alloc(BOX_HEADER_SIZE_BYTES);
  header.writeUInt32BE(sizeBytes, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...parts], sizeBytes);
}

/**
 * How large a `free` box behind so many bytes fills their last block (ISO/IEC 14496-12 §8.1.2); 0: none is needed.
 * @param blockSizeBytes a power of two
 */
export function paddingSize(sizeBytes: number, blockSizeBytes: number): number {
  const missing = -sizeBytes & (blockSizeBytes - 1);
  return missing > 0 && missing < BOX_HEADER_SIZE_BYTES ? missing + blockSizeBytes : missing;
}

/** Writes a `free` box of this size. @returns where it ends */
export function putPadding(bytes: Buffer, at: number, sizeBytes: number): number {
  if (sizeBytes === 0) return at;
  bytes.fill(0, at, at + sizeBytes);
  bytes.writeUInt32BE(sizeBytes, at);
  bytes.write('free', at + 4, 'latin1');
  return at + sizeBytes;
}

export function fullBox(type: string, version: number, flags: number, ...parts: readonly Uint8Array[]): Buffer {
  return box(type, u32(version * 2 ** 24 + flags), ...parts);
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
}

export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

export function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}

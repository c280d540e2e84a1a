/** Boxes of an MP4 file, and the tables that say where its samples are. Whatever does not fit throws a RangeError. @see ISO/IEC 14496-12 §4.2, §8.6, §8.7 */

export interface Box {
  readonly type: string;
  readonly body: Buffer;
}

export interface SamplePlace {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A film of eleven hours at 25 pictures a second. */
const MAX_SAMPLES = 1_000_000;

export function readCompositionOffsets(ctts: Buffer | undefined): ReadonlySet<number> {
  const offsets = new Set<number>();
  for (let i = 0; ctts && i < ctts.readUInt32BE(4); i++) offsets.add(ctts.readUInt32BE(12 + i * 8));
  return offsets;
}

export function readDurations(stts: Buffer): number[] {
  const durations: number[] = [];
  for (let i = 0; i < stts.readUInt32BE(4); i++) {
    const count = stts.readUInt32BE(8 + i * 8);
    if (durations.length + count > MAX_SAMPLES) throw new RangeError('too many samples');
    const duration = stts.readUInt32BE(12 + i * 8);
    for (let k = 0; k < count; k++) durations.push(duration);
  }
  return durations;
}

export function readSamplePlaces(table: readonly Box[]): SamplePlace[] {
  const stsz = need(table, 'stsz').body;
  const stsc = need(table, 'stsc').body;
  const sameSizeBytes = stsz.readUInt32BE(4);
  const sampleCount = stsz.readUInt32BE(8);
  if (sampleCount > MAX_SAMPLES) throw new RangeError('too many samples');
  const chunkOffsets = readChunkOffsets(table);
  const places: SamplePlace[] = [];
  let run = 0;
  for (const [chunk, chunkOffset] of chunkOffsets.entries()) {
    const nextRunStart = run + 1 < stsc.readUInt32BE(4) ? stsc.readUInt32BE(8 + (run + 1) * 12) : Infinity;
    if (chunk + 1 >= nextRunStart) run++;
    let offset = chunkOffset;
    const samplesInChunk = stsc.readUInt32BE(12 + run * 12);
    for (let i = 0; i < samplesInChunk && places.length < sampleCount; i++) {
      const sizeBytes = sameSizeBytes || stsz.readUInt32BE(12 + places.length * 4);
      places.push({ offset, sizeBytes });
      offset += sizeBytes;
    }
  }
  return places;
}

function readChunkOffsets(table: readonly Box[]): number[] {
  const stco = find(table, 'stco')?.body;
  if (stco) return Array.from({ length: stco.readUInt32BE(4) }, (_, i) => stco.readUInt32BE(8 + i * 4));
  const co64 = need(table, 'co64').body;
  return Array.from({ length: co64.readUInt32BE(4) }, (_, i) => Number(co64.readBigUInt64BE(8 + i * 8)));
}

/** Where each chunk of samples lies that all have the same size, as uncompressed sound has them, in order. */
export function readChunkPlaces(table: readonly Box[], sampleSizeBytes: number): SamplePlace[] {
  const stsc = need(table, 'stsc').body;
  let run = 0;
  return readChunkOffsets(table).map((offset, chunk) => {
    const nextRunStart = run + 1 < stsc.readUInt32BE(4) ? stsc.readUInt32BE(8 + (run + 1) * 12) : Infinity;
    if (chunk + 1 >= nextRunStart) run++;
    return { offset, sizeBytes: stsc.readUInt32BE(12 + run * 12) * sampleSizeBytes };
  });
}

export function boxes(bytes: Buffer): Box[] {
  const found: Box[] = [];
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    let sizeBytes = bytes.readUInt32BE(offset);
    let headSizeBytes = 8;
    if (sizeBytes === 1) {
      sizeBytes = Number(bytes.readBigUInt64BE(offset + 8));
      headSizeBytes = 16;
    } else if (sizeBytes === 0) {
      sizeBytes = bytes.length - offset;
    }
    if (sizeBytes < headSizeBytes) throw new RangeError('box size');
    found.push({
      type: bytes.toString('latin1', offset + 4, offset + 8),
      body: bytes.subarray(offset + headSizeBytes, offset + sizeBytes),
    });
    offset += sizeBytes;
  }
  return found;
}

export function find(list: readonly Box[], type: string): Box | undefined {
  return list.find((box) => box.type === type);
}

export function need(list: readonly Box[], type: string): Box {
  const box = find(list, type);
  if (!box) throw new RangeError(`no ${type} box`);
  return box;
}

export function slice(bytes: Buffer, offset: number, sizeBytes: number): Buffer {
  if (offset + sizeBytes > bytes.length) throw new RangeError('points beyond the end');
  return bytes.subarray(offset, offset + sizeBytes);
}

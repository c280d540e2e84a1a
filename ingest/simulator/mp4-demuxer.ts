/** One H.264 track of an MP4 file, as its sample tables say. */
export interface Mp4Track {
  readonly timescale: number;
  readonly sps: Buffer;
  readonly pps: Buffer;
  /** In decoding order; `nalUnits` are views of the file's bytes. */
  readonly samples: readonly { readonly nalUnits: readonly Buffer[]; readonly duration: number }[];
}

interface Box {
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Reads the first H.264 video track of a plain (not fragmented) MP4 file without B-pictures.
 *
 * @returns the track, or the reason why this file must be converted first
 * @see ISO/IEC 14496-12 §8, ISO/IEC 14496-15 §5
 */
export function readMp4(file: Buffer): Mp4Track | { readonly unusable: string } {
  try {
    const moov = find(boxes(file), 'moov');
    if (!moov) return { unusable: 'no movie header' };
    for (const trak of boxes(moov.body).filter((box) => box.type === 'trak')) {
      const mdia = need(boxes(trak.body), 'mdia');
      const inner = boxes(mdia.body);
      if (need(inner, 'hdlr').body.toString('latin1', 8, 12) !== 'vide') continue;
      return readVideoTrack(file, inner);
    }
    return { unusable: 'no video track' };
  } catch (error) {
    if (error instanceof RangeError) return { unusable: `broken MP4: ${error.message}` };
    throw error;
  }
}

function readVideoTrack(file: Buffer, mdia: readonly Box[]): Mp4Track | { readonly unusable: string } {
  const mdhd = need(mdia, 'mdhd').body;
  const timescale = mdhd.readUInt32BE(mdhd.readUInt8(0) === 1 ? 20 : 12);
  const table = boxes(need(boxes(need(mdia, 'minf').body), 'stbl').body);
  const entry = boxes(need(table, 'stsd').body.subarray(8))[0];
  if (entry?.type !== 'avc1') return { unusable: `codec ${entry?.type ?? 'missing'}` };
  // A visual sample entry has 78 bytes of its own before its boxes (ISO/IEC 14496-12 §12.1.3).
  const avcC = need(boxes(entry.body.subarray(78)), 'avcC').body;
  const offsets = readCompositionOffsets(find(table, 'ctts')?.body);
  if (offsets.size > 1) return { unusable: 'B-pictures' };
  const { sps, pps, lengthSizeBytes } = readAvcConfiguration(avcC);
  const places = readSamplePlaces(table);
  const durations = readDurations(need(table, 'stts').body);
  if (timescale === 0 || places.length === 0 || durations.length < places.length) return { unusable: 'no samples' };
  const samples = places.map((place, index) => ({
    nalUnits: splitSample(slice(file, place.offset, place.sizeBytes), lengthSizeBytes),
    duration: durations[index] ?? 0,
  }));
  return { timescale, sps, pps, samples };
}

function readAvcConfiguration(avcC: Buffer): { sps: Buffer; pps: Buffer; lengthSizeBytes: number } {
  const lengthSizeBytes = (avcC.readUInt8(4) & 3) + 1;
  const spsSizeBytes = avcC.readUInt16BE(6);
  const sps = slice(avcC, 8, spsSizeBytes);
  // Further sequence parameter sets, if any, are stepped over: a track of one size needs one.
  let offset = 8 + spsSizeBytes;
  for (let i = 1; i < (avcC.readUInt8(5) & 0x1f); i++) offset += 2 + avcC.readUInt16BE(offset);
  const pps = slice(avcC, offset + 3, avcC.readUInt16BE(offset + 1));
  return { sps, pps, lengthSizeBytes };
}

function readCompositionOffsets(ctts: Buffer | undefined): ReadonlySet<number> {
  const offsets = new Set<number>();
  for (let i = 0; ctts && i < ctts.readUInt32BE(4); i++) offsets.add(ctts.readUInt32BE(12 + i * 8));
  return offsets;
}

function readDurations(stts: Buffer): number[] {
  const durations: number[] = [];
  for (let i = 0; i < stts.readUInt32BE(4); i++) {
    const count = stts.readUInt32BE(8 + i * 8);
    if (durations.length + count > MAX_SAMPLES) throw new RangeError('too many samples');
    const duration = stts.readUInt32BE(12 + i * 8);
    for (let k = 0; k < count; k++) durations.push(duration);
  }
  return durations;
}

const MAX_SAMPLES = 1_000_000;

function readSamplePlaces(table: readonly Box[]): { offset: number; sizeBytes: number }[] {
  const stsz = need(table, 'stsz').body;
  const stsc = need(table, 'stsc').body;
  const sameSizeBytes = stsz.readUInt32BE(4);
  const sampleCount = stsz.readUInt32BE(8);
  if (sampleCount > MAX_SAMPLES) throw new RangeError('too many samples');
  const chunkOffsets = readChunkOffsets(table);
  const places: { offset: number; sizeBytes: number }[] = [];
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

function splitSample(sample: Buffer, lengthSizeBytes: number): Buffer[] {
  const nalUnits: Buffer[] = [];
  for (let offset = 0; offset + lengthSizeBytes <= sample.length; ) {
    const sizeBytes = sample.readUIntBE(offset, lengthSizeBytes);
    nalUnits.push(slice(sample, offset + lengthSizeBytes, sizeBytes));
    offset += lengthSizeBytes + sizeBytes;
  }
  return nalUnits;
}

function boxes(bytes: Buffer): Box[] {
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

function find(list: readonly Box[], type: string): Box | undefined {
  return list.find((box) => box.type === type);
}

function need(list: readonly Box[], type: string): Box {
  const box = find(list, type);
  if (!box) throw new RangeError(`no ${type} box`);
  return box;
}

function slice(bytes: Buffer, offset: number, sizeBytes: number): Buffer {
  if (offset + sizeBytes > bytes.length) throw new RangeError('points beyond the end');
  return bytes.subarray(offset, offset + sizeBytes);
}

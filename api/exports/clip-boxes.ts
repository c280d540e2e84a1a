import { fullBox, u16, u32 } from '#ingest/recorder/fmp4-box.ts';

/** Time scales of the tracks of a recorded file, by track id. */
export type TrackScales = ReadonlyMap<number, number>;

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const HEADER_SIZE_BYTES = 8;
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'mvex', 'traf', 'moof']);
const FIRST_TRACK_ID = 1;
/** `reference_count` has 16 bits. */
const MOST_REFERENCES = 60_000;
const STARTS_WITH_SAP_1 = 0x90000000;

/** Every box, parents before what is in them. */
function* walk(bytes: Buffer, start = 0, end = bytes.length): Generator<Box> {
  for (let at = start; at + HEADER_SIZE_BYTES <= end; ) {
    const sizeBytes = bytes.readUInt32BE(at);
    if (sizeBytes < HEADER_SIZE_BYTES || at + sizeBytes > end) return;
    const type = bytes.toString('latin1', at + 4, at + 8);
    yield { type, start: at, end: at + sizeBytes };
    if (CONTAINERS.has(type)) yield* walk(bytes, at + HEADER_SIZE_BYTES, at + sizeBytes);
    at += sizeBytes;
  }
}

/** @param head ftyp and moov of our recorder: version 0 boxes */
export function trackScalesOf(head: Buffer): TrackScales {
  const scales = new Map<number, number>();
  let trackId = 0;
  for (const { type, start } of walk(head)) {
    if (type === 'tkhd') trackId = head.readUInt32BE(start + HEADER_SIZE_BYTES + 12);
    if (type === 'mdhd') scales.set(trackId, head.readUInt32BE(start + HEADER_SIZE_BYTES + 12));
  }
  return scales;
}

/**
 * The head of a file whose length is known: players show it, and seek.
 * @see ISO/IEC 14496-12 §8.8.2
 */
export function withDuration(head: Buffer, duration90k: number): Buffer {
  const boxes = [...walk(head)];
  const moov = boxes.find(({ type }) => type === 'moov');
  const mvex = boxes.find(({ type }) => type === 'mvex');
  if (!moov || !mvex) return head;
  const duration = Buffer.alloc(8);
  duration.writeBigUInt64BE(BigInt(Math.round(duration90k)));
  const mehd = fullBox('mehd', 1, 0, duration);
  const inside = mvex.start + HEADER_SIZE_BYTES;
  const longer = Buffer.concat([head.subarray(0, inside), mehd, head.subarray(inside)]);
  for (const { start, end } of [moov, mvex]) longer.writeUInt32BE(end - start + mehd.length, start);
  return longer;
}

/**
 * Where the fragments lie, so that a player seeks without reading all of the file.
 * @param fragments in order; `end90k` on the time line of the file
 * @see ISO/IEC 14496-12 §8.16.3
 */
export function segmentIndex(
  fragments: readonly { readonly sizeBytes: number; readonly end90k: number; readonly isKeyFrame: boolean }[],
): Buffer {
  const together = Math.ceil(fragments.length / MOST_REFERENCES) || 1;
  const entries: Buffer[] = [];
  let start90k = 0;
  for (let at = 0; at < fragments.length; at += together) {
    const group = fragments.slice(at, at + together);
    const end90k = group.at(-1)?.end90k ?? start90k;
    const sizeBytes = group.reduce((sum, fragment) => sum + fragment.sizeBytes, 0);
    entries.push(u32(sizeBytes, Math.max(0, end90k - start90k), group[0]?.isKeyFrame ? STARTS_WITH_SAP_1 : 0));
    start90k = end90k;
  }
  return fullBox('sidx', 0, 0, u32(FIRST_TRACK_ID, 90_000, 0, 0), u16(0, entries.length), ...entries);
}

/**
 * Puts a fragment in its place on the time line of another file, in place.
 * @param soundEnds where the sound of each track ended, in its own scale; kept up to date, so that none begins before the last has ended
 */
export function moveFragment(
  moof: Buffer,
  place: {
    readonly sequenceNumber: number;
    readonly shift90k: number;
    readonly scales: TrackScales;
    readonly soundEnds: Map<number, number>;
  },
): void {
  let trackId = FIRST_TRACK_ID;
  let decodeTime = 0;
  for (const { type, start } of walk(moof)) {
    const body = start + HEADER_SIZE_BYTES;
    if (type === 'mfhd') moof.writeUInt32BE(place.sequenceNumber >>> 0, body + 4);
    else if (type === 'tfhd') trackId = moof.readUInt32BE(body + 4);
    else if (type === 'tfdt') {
      const scale = place.scales.get(trackId) ?? 90_000;
      const moved = Number(moof.readBigUInt64BE(body + 4)) + Math.round((place.shift90k / 90_000) * scale);
      decodeTime = Math.max(0, moved, trackId === FIRST_TRACK_ID ? 0 : (place.soundEnds.get(trackId) ?? 0));
      moof.writeBigUInt64BE(BigInt(decodeTime), body + 4);
    } else if (type === 'trun' && trackId !== FIRST_TRACK_ID) {
      const count = moof.readUInt32BE(body + 4);
      // Behind the data offset: duration and size of each sample.
      for (let index = 0; index < count; index++) decodeTime += moof.readUInt32BE(body + 12 + index * 8);
      place.soundEnds.set(trackId, decodeTime);
    }
  }
}

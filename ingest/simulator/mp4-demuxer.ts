import {
  type Box,
  boxes,
  find,
  need,
  readCompositionOffsets,
  readDurations,
  readSamplePlaces,
  slice,
} from './mp4-boxes.ts';
import { type Mp4Sound, readSoundTrack } from './mp4-sound.ts';

/** One video track of an MP4 file, as its sample tables say, and the sound beside it. */
export interface Mp4Track {
  readonly codec: 'h264' | 'h265';
  readonly timescale: number;
  /** H.265 only. */
  readonly vps: Buffer | undefined;
  readonly sps: Buffer;
  readonly pps: Buffer;
  /** In decoding order; `nalUnits` are views of the file's bytes. */
  readonly samples: readonly { readonly nalUnits: readonly Buffer[]; readonly duration: number }[];
  /** The first sound track that a camera could send. */
  readonly sound: Mp4Sound | undefined;
}

/** Why a file must be converted first. */
export interface UnusableMp4 {
  readonly unusable: string;
  /** Of the pictures, where that is known. */
  readonly codec?: 'h264' | 'h265';
}

interface CodecConfiguration {
  readonly vps: Buffer | undefined;
  readonly sps: Buffer;
  readonly pps: Buffer;
  readonly lengthSizeBytes: number;
}

const CODECS: Readonly<Record<string, 'h264' | 'h265'>> = { avc1: 'h264', avc3: 'h264', hvc1: 'h265', hev1: 'h265' };
const NAL_TYPE_VPS = 32;
const NAL_TYPE_SPS = 33;
const NAL_TYPE_PPS = 34;

/**
 * Reads the first H.264 or H.265 video track of a plain (not fragmented) MP4 or QuickTime file without B-pictures, and its sound.
 *
 * @see ISO/IEC 14496-12 §8, ISO/IEC 14496-15 §5, §8
 */
export function readMp4(file: Buffer): Mp4Track | UnusableMp4 {
  try {
    const moov = find(boxes(file), 'moov');
    if (!moov) return { unusable: 'no movie header' };
    const tracks = boxes(moov.body)
      .filter((box) => box.type === 'trak')
      .map((trak) => boxes(need(boxes(trak.body), 'mdia').body));
    const video = tracks.find((mdia) => handlerOf(mdia) === 'vide');
    if (!video) return { unusable: 'no video track' };
    const track = readVideoTrack(file, video);
    if ('unusable' in track) return track;
    for (const mdia of tracks.filter((one) => handlerOf(one) === 'soun')) {
      const sound = readSoundTrack(file, mdia);
      if (sound) return { ...track, sound };
    }
    return track;
  } catch (error) {
    if (error instanceof RangeError) return { unusable: `broken MP4: ${error.message}` };
    throw error;
  }
}

function handlerOf(mdia: readonly Box[]): string {
  return need(mdia, 'hdlr').body.toString('latin1', 8, 12);
}

function readVideoTrack(file: Buffer, mdia: readonly Box[]): Mp4Track | UnusableMp4 {
  const mdhd = need(mdia, 'mdhd').body;
  const timescale = mdhd.readUInt32BE(mdhd.readUInt8(0) === 1 ? 20 : 12);
  const table = boxes(need(boxes(need(mdia, 'minf').body), 'stbl').body);
  const entry = boxes(need(table, 'stsd').body.subarray(8))[0];
  const codec = CODECS[entry?.type ?? ''];
  if (!entry || !codec) return { unusable: `codec ${entry?.type ?? 'missing'}` };
  // A visual sample entry has 78 bytes of its own before its boxes (ISO/IEC 14496-12 §12.1.3).
  const inner = boxes(entry.body.subarray(78));
  const offsets = readCompositionOffsets(find(table, 'ctts')?.body);
  if (offsets.size > 1) return { unusable: 'B-pictures', codec };
  const configuration =
    codec === 'h264' ? readAvcConfiguration(need(inner, 'avcC').body) : readHevcConfiguration(need(inner, 'hvcC').body);
  const { vps, sps, pps, lengthSizeBytes } = configuration;
  const places = readSamplePlaces(table);
  const durations = readDurations(need(table, 'stts').body);
  if (timescale === 0 || places.length === 0 || durations.length < places.length)
    return { unusable: 'no samples', codec };
  const samples = places.map((place, index) => ({
    nalUnits: splitSample(slice(file, place.offset, place.sizeBytes), lengthSizeBytes),
    duration: durations[index] ?? 0,
  }));
  return { codec, timescale, vps, sps, pps, samples, sound: undefined };
}

function readAvcConfiguration(avcC: Buffer): CodecConfiguration {
  const lengthSizeBytes = (avcC.readUInt8(4) & 3) + 1;
  const spsSizeBytes = avcC.readUInt16BE(6);
  const sps = slice(avcC, 8, spsSizeBytes);
  // Further sequence parameter sets, if any, are stepped over: a track of one size needs one.
  let offset = 8 + spsSizeBytes;
  for (let i = 1; i < (avcC.readUInt8(5) & 0x1f); i++) offset += 2 + avcC.readUInt16BE(offset);
  const pps = slice(avcC, offset + 3, avcC.readUInt16BE(offset + 1));
  return { vps: undefined, sps, pps, lengthSizeBytes };
}

/** The first parameter set of each kind. @see ISO/IEC 14496-15 §8.3.3.1 */
function readHevcConfiguration(hvcC: Buffer): CodecConfiguration {
  const lengthSizeBytes = (hvcC.readUInt8(21) & 3) + 1;
  const sets = new Map<number, Buffer>();
  let offset = 23;
  for (let array = 0; array < hvcC.readUInt8(22); array++) {
    const type = hvcC.readUInt8(offset) & 0x3f;
    const count = hvcC.readUInt16BE(offset + 1);
    offset += 3;
    for (let i = 0; i < count; i++) {
      const sizeBytes = hvcC.readUInt16BE(offset);
      if (!sets.has(type)) sets.set(type, slice(hvcC, offset + 2, sizeBytes));
      offset += 2 + sizeBytes;
    }
  }
  const [vps, sps, pps] = [NAL_TYPE_VPS, NAL_TYPE_SPS, NAL_TYPE_PPS].map((type) => sets.get(type));
  if (!vps || !sps || !pps) throw new RangeError('no parameter sets');
  return { vps, sps, pps, lengthSizeBytes };
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

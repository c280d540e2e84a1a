import type { AudioFormat } from '../media.ts';
import { parseAacConfig } from '../rtp/aac-config.ts';
import {
  type Box,
  boxes,
  find,
  need,
  readChunkPlaces,
  readDurations,
  readSamplePlaces,
  type SamplePlace,
  slice,
} from './mp4-boxes.ts';

/** One sound track of an MP4 file that a camera could send: AAC, or G.711. */
export interface Mp4Sound {
  readonly format: AudioFormat;
  /** An AAC access unit, or 20 ms of G.711; `samples` of one channel. Views of the file's bytes, but for G.711. */
  readonly frames: readonly { readonly bytes: Buffer; readonly samples: number }[];
}

const G711: Readonly<Record<string, 'pcma' | 'pcmu'>> = { alaw: 'pcma', ulaw: 'pcmu' };
const G711_FRAME_MS = 20;
const AAC_OBJECT_TYPE = 0x40;
/** Bytes of a sound sample entry before its boxes, by the version of QuickTime's description. */
const ENTRY_SIZE_BYTES = [28, 44] as const;
/** ISO/IEC 14496-1 §7.2.6: descriptors. */
const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC_INFO = 5;

/** @returns undefined for a codec that cameras do not send. @throws {RangeError} for a broken file */
export function readSoundTrack(file: Buffer, mdia: readonly Box[]): Mp4Sound | undefined {
  const table = boxes(need(boxes(need(mdia, 'minf').body), 'stbl').body);
  const entry = boxes(need(table, 'stsd').body.subarray(8))[0];
  if (!entry) return undefined;
  const channels = entry.body.readUInt16BE(16);
  const sampleRateHz = entry.body.readUInt16BE(24);
  const g711 = G711[entry.type];
  if (g711) return readG711(file, table, { codec: g711, sampleRateHz, channels });
  if (entry.type !== 'mp4a') return undefined;
  const headSizeBytes = ENTRY_SIZE_BYTES[entry.body.readUInt16BE(8)];
  if (headSizeBytes === undefined) return undefined;
  const inner = boxes(entry.body.subarray(headSizeBytes));
  const wave = find(inner, 'wave');
  const esds = find(inner, 'esds') ?? (wave && find(boxes(wave.body), 'esds'));
  const config = esds && readAacConfiguration(esds.body.subarray(4));
  return config && readAac(file, { table, mdia, config });
}

function readAac(
  file: Buffer,
  track: { readonly table: readonly Box[]; readonly mdia: readonly Box[]; readonly config: Buffer },
): Mp4Sound | undefined {
  const { table, mdia, config } = track;
  const mdhd = need(mdia, 'mdhd').body;
  const timescale = mdhd.readUInt32BE(mdhd.readUInt8(0) === 1 ? 20 : 12);
  let parsed: ReturnType<typeof parseAacConfig>;
  try {
    parsed = parseAacConfig(config);
  } catch {
    return undefined;
  }
  const { sampleRateHz, channels, codecString } = parsed;
  if (timescale === 0 || channels === 0) return undefined;
  const durations = readDurations(need(table, 'stts').body);
  const places = readSamplePlaces(table);
  requireNoOverlap(file, places);
  const frames = places.map(({ offset, sizeBytes }, index) => ({
    bytes: slice(file, offset, sizeBytes),
    samples: Math.round(((durations[index] ?? 0) * sampleRateHz) / timescale),
  }));
  return { format: { codec: 'aac', sampleRateHz, channels, config, codecString }, frames };
}

function readG711(
  file: Buffer,
  table: readonly Box[],
  { codec, sampleRateHz, channels }: { codec: 'pcma' | 'pcmu'; sampleRateHz: number; channels: number },
): Mp4Sound | undefined {
  if (sampleRateHz === 0 || channels === 0) return undefined;
  const places = readChunkPlaces(table, channels);
  requireNoOverlap(file, places);
  const bytes = Buffer.concat(places.map(({ offset, sizeBytes }) => slice(file, offset, sizeBytes)));
  const samples = Math.round((sampleRateHz * G711_FRAME_MS) / 1000);
  const stepSizeBytes = samples * channels;
  const frames = Array.from({ length: Math.floor(bytes.length / stepSizeBytes) }, (_, index) => ({
    bytes: bytes.subarray(index * stepSizeBytes, (index + 1) * stepSizeBytes),
    samples,
  }));
  return { format: { codec, sampleRateHz, channels, config: new Uint8Array(0), codecString: codec }, frames };
}

/** Tables that name the same bytes again and again would make a small file endless. */
function requireNoOverlap(file: Buffer, places: readonly SamplePlace[]): void {
  if (places.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > file.length) throw new RangeError('too much sound');
}

/** AudioSpecificConfig out of an elementary stream descriptor; undefined when it is not AAC. */
function readAacConfiguration(descriptor: Buffer): Buffer | undefined {
  const stream = readDescriptor(descriptor);
  if (stream?.tag !== ES_DESCRIPTOR) return undefined;
  const flags = stream.body.readUInt8(2);
  // What the flags announce stands between: another stream, an address, a clock.
  let offset = 3 + (flags & 0x80 ? 2 : 0);
  if (flags & 0x40) offset += 1 + stream.body.readUInt8(offset);
  if (flags & 0x20) offset += 2;
  const decoder = readDescriptor(stream.body.subarray(offset));
  if (decoder?.tag !== DECODER_CONFIG || decoder.body.readUInt8(0) !== AAC_OBJECT_TYPE) return undefined;
  const info = readDescriptor(decoder.body.subarray(13));
  return info?.tag === DECODER_SPECIFIC_INFO ? info.body : undefined;
}

function readDescriptor(bytes: Buffer): { readonly tag: number; readonly body: Buffer } | undefined {
  const tag = bytes[0];
  if (tag === undefined) return undefined;
  let sizeBytes = 0;
  let offset = 1;
  for (let count = 0; count < 4; count++) {
    const byte = bytes.readUInt8(offset++);
    sizeBytes = (sizeBytes << 7) | (byte & 0x7f);
    if (byte < 0x80) break;
  }
  return { tag, body: slice(bytes, offset, sizeBytes) };
}

import type { AudioFormat, VideoFormat } from '../media.ts';
import { box, BOX_HEADER_SIZE_BYTES, fullBox, paddingSize, putPadding, text, u16, u32 } from './fmp4-box.ts';
import { audioSampleEntry, brandOf, NAL_LENGTH_SIZE_BYTES, videoSampleEntry } from './fmp4-sample-entries.ts';
import { FILE_BLOCK_SIZE_BYTES, fragmentMemory } from './fragment-memory.ts';

/** One picture of a fragment. Times are 90 kHz. */
export interface FragmentSample {
  readonly nalUnits: readonly Uint8Array[];
  readonly duration90k: number;
  /** Presentation minus decoding time; may be negative. */
  readonly compositionOffset90k: number;
  readonly isKeyFrame: boolean;
}

/** The sound of a fragment. Times count samples of one channel. */
export interface FragmentSound {
  readonly baseDecodeTime: number;
  readonly samples: readonly { readonly bytes: Uint8Array; readonly duration: number }[];
}

export const TIMESCALE = 90_000;
export const VIDEO_TRACK_ID = 1;
const AUDIO_TRACK_ID = 2;

const SAMPLE_ENTRY_SIZE_BYTES = 16;
const SOUND_ENTRY_SIZE_BYTES = 8;
const SAMPLE_FLAGS_KEY = 0x02000000;
const SAMPLE_FLAGS_OTHER = 0x01010000;
/** data offset; duration, size, flags and composition offset of each sample */
const TRUN_FLAGS = 0x000f01;
/** data offset; duration and size of each sample */
const SOUND_TRUN_FLAGS = 0x000301;
const TFHD_DEFAULT_BASE_IS_MOOF = 0x020000;
/** tfhd and tfdt, and the fixed part of trun */
const TRAF_FIXED_SIZE_BYTES = BOX_HEADER_SIZE_BYTES + 16 + 20 + 20;
const UNITY_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const FULL_VOLUME = 0x0100;

interface Track {
  readonly id: number;
  readonly timescale: number;
  readonly handler: 'vide' | 'soun';
  readonly volume: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly mediaHeader: Buffer;
  readonly sampleEntry: Buffer;
}

/** @see ISO/IEC 14496-12 §8.3 to §8.5 */
function trackBox(track: Track): Buffer {
  return box(
    'trak',
    fullBox(
      'tkhd',
      0,
      3,
      u32(0, 0, track.id, 0, 0, 0, 0),
      u16(0, 0, track.volume, 0),
      u32(...UNITY_MATRIX, track.widthPx * 0x10000, track.heightPx * 0x10000),
    ),
    box(
      'mdia',
      fullBox('mdhd', 0, 0, u32(0, 0, track.timescale, 0), u16(0x55c4, 0)),
      fullBox(
        'hdlr',
        0,
        0,
        u32(0),
        text(track.handler),
        Buffer.alloc(12),
        text(track.handler === 'vide' ? 'video\0' : 'sound\0'),
      ),
      box(
        'minf',
        track.mediaHeader,
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        box(
          'stbl',
          fullBox('stsd', 0, 0, u32(1), track.sampleEntry),
          fullBox('stts', 0, 0, u32(0)),
          fullBox('stsc', 0, 0, u32(0)),
          fullBox('stsz', 0, 0, u32(0, 0)),
          fullBox('stco', 0, 0, u32(0)),
        ),
      ),
    ),
  );
}

/**
 * What must come before the first fragment: brands, one video track at 90 kHz and, if there is sound, a track of it that
 * counts its own samples; nothing in them yet.
 *
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED` when the sequence parameter set cannot be read
 * @see ISO/IEC 14496-12 §8
 */
export function buildInitSegment(format: VideoFormat, sound?: AudioFormat): Buffer {
  const tracks = [
    trackBox({
      id: VIDEO_TRACK_ID,
      timescale: TIMESCALE,
      handler: 'vide',
      volume: 0,
      widthPx: format.widthPx,
      heightPx: format.heightPx,
      mediaHeader: fullBox('vmhd', 0, 1, Buffer.alloc(8)),
      sampleEntry: videoSampleEntry(format),
    }),
  ];
  if (sound) {
    tracks.push(
      trackBox({
        id: AUDIO_TRACK_ID,
        timescale: sound.sampleRateHz,
        handler: 'soun',
        volume: FULL_VOLUME,
        widthPx: 0,
        heightPx: 0,
        mediaHeader: fullBox('smhd', 0, 0, u32(0)),
        sampleEntry: audioSampleEntry(sound),
      }),
    );
  }
  return Buffer.concat([
    box('ftyp', text('iso6'), u32(1), text('iso6mp41'), brandOf(format)),
    box(
      'moov',
      fullBox(
        'mvhd',
        0,
        0,
        u32(0, 0, TIMESCALE, 0, 0x10000),
        u16(0x0100, 0),
        Buffer.alloc(8),
        u32(...UNITY_MATRIX),
        Buffer.alloc(24),
        u32(tracks.length + 1),
      ),
      ...tracks,
      box('mvex', ...tracks.map((_, index) => fullBox('trex', 0, 0, u32(index + 1, 1, 0, 0, 0)))),
    ),
  ]);
}

/**
 * One fragment (moof and mdat) in one piece: the pictures, NAL units behind 4-byte lengths, then the sound.
 *
 * @param samples in decoding order; none only when there is sound
 * @param sequenceNumber from 1, growing
 * @param baseDecodeTime90k decoding time of the first picture
 * @param isForFile it lies in `fragmentMemory`, ready for one write: a `free` box behind it fills its last block
 * @see ISO/IEC 14496-12 §8.8
 */
export function buildFragment(
  samples: readonly FragmentSample[],
  sequenceNumber: number,
  baseDecodeTime90k: number,
  sound?: FragmentSound,
  isForFile = false,
): Buffer {
  const sizes = samples.map(({ nalUnits }) =>
    nalUnits.reduce((sum, nal) => sum + NAL_LENGTH_SIZE_BYTES + nal.length, 0),
  );
  const picturesSize = sizes.reduce((sum, size) => sum + size, 0);
  const soundSize = sound ? sound.samples.reduce((sum, { bytes }) => sum + bytes.length, 0) : 0;
  const trafSize = samples.length > 0 ? TRAF_FIXED_SIZE_BYTES + samples.length * SAMPLE_ENTRY_SIZE_BYTES : 0;
  const soundTrafSize = sound ? TRAF_FIXED_SIZE_BYTES + sound.samples.length * SOUND_ENTRY_SIZE_BYTES : 0;
  const moofSize = BOX_HEADER_SIZE_BYTES + 16 + trafSize + soundTrafSize;
  const mdatSize = BOX_HEADER_SIZE_BYTES + picturesSize + soundSize;
  const padding = isForFile ? paddingSize(moofSize + mdatSize, FILE_BLOCK_SIZE_BYTES) : 0;
  const sizeBytes = moofSize + mdatSize + padding;
  const bytes = isForFile ? fragmentMemory.take(sizeBytes) : Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  const put32 = (value: number): void => {
    at = bytes.writeUInt32BE(value, at);
  };
  const putHeader = (sizeBytes: number, type: string): void => {
    put32(sizeBytes);
    at += bytes.write(type, at, 'latin1');
  };
  /** Up to the samples of the trun box. */
  const putTrafHead = (
    trackId: number,
    sizeBytes: number,
    decodeTime: number,
    count: number,
    dataOffset: number,
  ): void => {
    putHeader(sizeBytes, 'traf');
    putHeader(16, 'tfhd');
    put32(TFHD_DEFAULT_BASE_IS_MOOF);
    put32(trackId);
    putHeader(20, 'tfdt');
    put32(0x01000000);
    at = bytes.writeBigUInt64BE(BigInt(Math.max(0, Math.round(decodeTime))), at);
    putHeader(sizeBytes - BOX_HEADER_SIZE_BYTES - 16 - 20, 'trun');
    put32(0x01000000 + (trackId === VIDEO_TRACK_ID ? TRUN_FLAGS : SOUND_TRUN_FLAGS));
    put32(count);
    put32(dataOffset);
  };
  putHeader(moofSize, 'moof');
  putHeader(16, 'mfhd');
  put32(0);
  put32(sequenceNumber >>> 0);
  if (samples.length > 0) {
    putTrafHead(VIDEO_TRACK_ID, trafSize, baseDecodeTime90k, samples.length, moofSize + BOX_HEADER_SIZE_BYTES);
    for (const [index, sample] of samples.entries()) {
      put32(sample.duration90k);
      put32(sizes[index] ?? 0);
      put32(sample.isKeyFrame ? SAMPLE_FLAGS_KEY : SAMPLE_FLAGS_OTHER);
      at = bytes.writeInt32BE(sample.compositionOffset90k, at);
    }
  }
  if (sound) {
    const dataOffset = moofSize + BOX_HEADER_SIZE_BYTES + picturesSize;
    putTrafHead(AUDIO_TRACK_ID, soundTrafSize, sound.baseDecodeTime, sound.samples.length, dataOffset);
    for (const sample of sound.samples) {
      put32(sample.duration);
      put32(sample.bytes.length);
    }
  }
  putHeader(mdatSize, 'mdat');
  for (const { nalUnits } of samples) {
    for (const nal of nalUnits) {
      put32(nal.length);
      bytes.set(nal, at);
      at += nal.length;
    }
  }
  for (const sample of sound?.samples ?? []) {
    bytes.set(sample.bytes, at);
    at += sample.bytes.length;
  }
  putPadding(bytes, at, padding);
  return bytes;
}

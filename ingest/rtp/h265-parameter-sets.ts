import type { VideoFormat } from '../media.ts';
import { BitReader, unescapeRbsp } from './bit-reader.ts';
import { NAL_H265, nalTypeOf } from './h265-nal.ts';
import {
  MAX_H265_SET_SIZE_BYTES,
  parseH265Sps,
  readProfileTierLevel,
  readRate,
  readSubLayerOrdering,
} from './h265-sps.ts';
import type { ParameterSets } from './video-depacketizer.ts';

interface SequenceSet {
  readonly nal: Buffer;
  readonly vpsId: number;
}

interface PictureSet {
  readonly nal: Buffer;
  readonly spsId: number;
}

const MAX_SPS_ID = 15;
const MAX_PPS_ID = 63;

/**
 * The picture set with the lowest number, the sequence set it names and the video set that one names make the format;
 * any others go in front of key frames.
 * @see ITU-T H.265 §7.4.2.4.2
 */
export class H265ParameterSets implements ParameterSets {
  readonly #video = new Map<number, Buffer>();
  readonly #sequence = new Map<number, SequenceSet>();
  readonly #picture = new Map<number, PictureSet>();
  #format: VideoFormat | undefined;
  #extras: readonly Buffer[] = [];

  get format(): VideoFormat | undefined {
    return this.#format;
  }

  get extras(): readonly Buffer[] {
    return this.#extras;
  }

  update(nal: Uint8Array): boolean {
    if (nal.length < 3 || nal.length > MAX_H265_SET_SIZE_BYTES) return false;
    try {
      switch (nalTypeOf(nal)) {
        case NAL_H265.vps:
          return this.#updateVideoSet(nal);
        case NAL_H265.sps:
          return this.#updateSequenceSet(nal);
        case NAL_H265.pps:
          return this.#updatePictureSet(nal);
        default:
          return false;
      }
    } catch {
      return false;
    }
  }

  #updateVideoSet(nal: Uint8Array): boolean {
    const id = (nal[2] ?? 0) >> 4;
    if (this.#video.get(id)?.equals(nal)) return true;
    this.#video.set(id, Buffer.from(nal));
    this.#refresh();
    return true;
  }

  #updateSequenceSet(nal: Uint8Array): boolean {
    // Sets come again with every key frame: most are known, so that reading all of them would be a waste.
    for (const known of this.#sequence.values()) if (known.nal.equals(nal)) return true;
    const { spsId, vpsId } = parseH265Sps(nal);
    this.#sequence.set(spsId, { nal: Buffer.from(nal), vpsId });
    this.#refresh();
    return true;
  }

  #updatePictureSet(nal: Uint8Array): boolean {
    const reader = new BitReader(unescapeRbsp(nal.subarray(2)));
    const id = reader.unsigned();
    const spsId = reader.unsigned();
    if (id > MAX_PPS_ID || spsId > MAX_SPS_ID) return false;
    if (this.#picture.get(id)?.nal.equals(nal)) return true;
    this.#picture.set(id, { nal: Buffer.from(nal), spsId });
    this.#refresh();
    return true;
  }

  #refresh(): void {
    const [, primary] = [...this.#picture].sort(([a], [b]) => a - b)[0] ?? [];
    const sequence = primary && this.#sequence.get(primary.spsId);
    const vps = sequence && this.#video.get(sequence.vpsId);
    if (!primary || !sequence || !vps) return;
    this.#extras = [
      ...[...this.#video.values()].filter((nal) => nal !== vps),
      ...[...this.#sequence.values()].filter((set) => set !== sequence).map((set) => set.nal),
      ...[...this.#picture.values()].filter((set) => set !== primary).map((set) => set.nal),
    ];
    const [sps, pps, known] = [sequence.nal, primary.nal, this.#format];
    if (known?.vps === vps && known.sps === sps && known.pps === pps) return;
    const { widthPx, heightPx, codecString } = parseH265Sps(sps);
    this.#format = { codec: 'h265', widthPx, heightPx, vps, sps, pps, codecString };
  }
}

/**
 * Pictures a second as the video parameter set says, for streams whose sequence parameter set does not.
 * @returns undefined when it is not said, or cannot be read
 * @see ITU-T H.265 §7.3.2.1
 */
export function h265VpsFrameRate(vps: Uint8Array): number | undefined {
  try {
    const reader = new BitReader(unescapeRbsp(vps.subarray(2)));
    reader.skip(12);
    const maxSubLayers = reader.bits(3) + 1;
    reader.skip(17);
    readProfileTierLevel(reader, maxSubLayers);
    readSubLayerOrdering(reader, maxSubLayers);
    const maxLayerId = reader.bits(6);
    const layerSets = reader.unsigned();
    if (layerSets > 1023) return undefined;
    reader.skip(layerSets * (maxLayerId + 1));
    return reader.bit() ? readRate(reader) : undefined;
  } catch {
    return undefined;
  }
}

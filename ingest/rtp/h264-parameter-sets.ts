import type { VideoFormat } from '../media.ts';
import { BitReader, unescapeRbsp } from './bit-reader.ts';
import { parseH264Sps } from './h264-sps.ts';
import type { ParameterSets } from './video-depacketizer.ts';

const MAX_SET_SIZE_BYTES = 1024;
const MAX_SPS_ID = 31;
const MAX_PPS_ID = 255;
const NAL_TYPE_SPS = 7;

interface PictureSet {
  readonly nal: Buffer;
  readonly spsId: number;
}

/**
 * The picture set with the lowest number and the sequence set it names make the format; any others go in front of key
 * frames.
 * @see ITU-T H.264 §7.4.1.2.1
 */
export class H264ParameterSets implements ParameterSets {
  readonly #sequence = new Map<number, Buffer>();
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
    if (nal.length < 2 || nal.length > MAX_SET_SIZE_BYTES) return false;
    try {
      const isSequenceSet = ((nal[0] ?? 0) & 0x1f) === NAL_TYPE_SPS;
      return isSequenceSet ? this.#updateSequenceSet(nal) : this.#updatePictureSet(nal);
    } catch {
      return false;
    }
  }

  #updateSequenceSet(nal: Uint8Array): boolean {
    const reader = new BitReader(unescapeRbsp(nal.subarray(1)));
    reader.skip(24);
    const id = reader.unsigned();
    if (id > MAX_SPS_ID) return false;
    if (this.#sequence.get(id)?.equals(nal)) return true;
    parseH264Sps(nal);
    this.#sequence.set(id, Buffer.from(nal));
    this.#refresh();
    return true;
  }

  #updatePictureSet(nal: Uint8Array): boolean {
    const reader = new BitReader(unescapeRbsp(nal.subarray(1)));
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
    const sps = primary && this.#sequence.get(primary.spsId);
    if (!primary || !sps) return;
    this.#extras = [
      ...[...this.#sequence.values()].filter((nal) => nal !== sps),
      ...[...this.#picture.values()].filter((set) => set !== primary).map((set) => set.nal),
    ];
    if (this.#format?.sps === sps && this.#format.pps === primary.nal) return;
    const { widthPx, heightPx, codecString } = parseH264Sps(sps);
    this.#format = { codec: 'h264', widthPx, heightPx, sps, pps: primary.nal, codecString };
  }
}

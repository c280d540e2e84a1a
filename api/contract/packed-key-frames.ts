/** More tiles than a wall has are not asked for at once. */
export const MAX_KEY_FRAMES = 64;

export interface KeyFrameHead {
  readonly cameraId: string;
  /** RFC 6381, e.g. `avc1.42e01f`. */
  readonly codec: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** When the picture was taken, ISO 8601. */
  readonly time: string;
}

export interface PackedKeyFrame {
  readonly head: KeyFrameHead;
  /** Annex B, with its parameter sets. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const LENGTHS_BYTES = 8;
/** Larger than any head or key frame: what says so is no answer of ours. */
const MAX_HEAD_BYTES = 4096;
const MAX_PICTURE_BYTES = 32 * 1024 * 1024;
const START_CODE = [0, 0, 0, 1] as const;

/**
 * Two lengths (unsigned 32 bits, big endian), the head as JSON, the picture. Copies the units.
 *
 * @param nalUnits parameter sets first; without start codes
 */
export function packKeyFrame(head: KeyFrameHead, nalUnits: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const sizeBytes = nalUnits.reduce((sum, unit) => sum + START_CODE.length + unit.length, 0);
  const packed = new Uint8Array(LENGTHS_BYTES + text.length + sizeBytes);
  const lengths = new DataView(packed.buffer);
  lengths.setUint32(0, text.length);
  lengths.setUint32(4, sizeBytes);
  packed.set(text, LENGTHS_BYTES);
  let at = LENGTHS_BYTES + text.length;
  for (const unit of nalUnits) {
    packed.set(START_CODE, at);
    packed.set(unit, at + START_CODE.length);
    at += START_CODE.length + unit.length;
  }
  return packed;
}

/** Takes the answer apart as it comes, however it is cut. */
export class KeyFrameUnpacker {
  #rest = new Uint8Array(0);

  /** @throws {RangeError} for bytes that no {@link packKeyFrame} made */
  push(chunk: Uint8Array): readonly PackedKeyFrame[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    const lengths = new DataView(bytes.buffer);
    const found: PackedKeyFrame[] = [];
    let at = 0;
    while (at + LENGTHS_BYTES <= bytes.length) {
      const headBytes = lengths.getUint32(at);
      const pictureBytes = lengths.getUint32(at + 4);
      if (headBytes > MAX_HEAD_BYTES || pictureBytes > MAX_PICTURE_BYTES) throw new RangeError('no key frames');
      const pictureAt = at + LENGTHS_BYTES + headBytes;
      if (pictureAt + pictureBytes > bytes.length) break;
      found.push({
        head: readHead(bytes.subarray(at + LENGTHS_BYTES, pictureAt)),
        bytes: bytes.slice(pictureAt, pictureAt + pictureBytes),
      });
      at = pictureAt + pictureBytes;
    }
    this.#rest = bytes.slice(at);
    return found;
  }
}

function readHead(bytes: Uint8Array): KeyFrameHead {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new RangeError('no key frames');
  }
  if (!isHead(value)) throw new RangeError('no key frames');
  return value;
}

function isHead(value: unknown): value is KeyFrameHead {
  if (typeof value !== 'object' || value === null) return false;
  const { cameraId, codec, widthPx, heightPx, time } = value as Partial<Record<keyof KeyFrameHead, unknown>>;
  const isText = [cameraId, codec, time].every((one) => typeof one === 'string');
  return isText && typeof widthPx === 'number' && typeof heightPx === 'number';
}

import type { AccessUnit, CameraId } from '../media.ts';

export interface Still {
  readonly jpeg: Buffer;
  /** When the picture was taken, UTC epoch milliseconds. */
  readonly wallMs: number;
}

interface Entry {
  readonly wallMs: number;
  readonly pts90k: number;
  readonly still: Promise<Still>;
  isDone: boolean;
}

export interface StillCacheOptions {
  /** JPEGs kept, one for each stream that somebody looked at lately. */
  readonly limit: number;
  decode(cameraId: CameraId, unit: AccessUnit): Promise<Buffer>;
}

/**
 * The newest key frame of each camera as JPEG, decoded when it is asked for and once however many ask. Who asks while one
 * of this camera is being decoded gets that one: it is a tile's first picture, and the next key frame is as far as the last.
 */
export class StillCache {
  readonly #options: StillCacheOptions;
  /** Last asked for at the end. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: StillCacheOptions) {
    this.#options = options;
  }

  /**
   * @param stream tells the streams of a camera apart
   * @throws {AppError} what decoding throws; that is not remembered
   */
  async get(cameraId: CameraId, stream: string, unit: AccessUnit): Promise<Still> {
    const key = `${cameraId}/${stream}`;
    const known = this.#entries.get(key);
    const isFit = known && (!known.isDone || (known.wallMs === unit.wallMs && known.pts90k === unit.pts90k));
    this.#entries.delete(key);
    const entry = isFit ? known : this.#begin(cameraId, key, unit);
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.limit) break;
      this.#entries.delete(oldest);
    }
    return await entry.still;
  }

  #begin(cameraId: CameraId, key: string, unit: AccessUnit): Entry {
    const { wallMs, pts90k } = unit;
    const still = this.#options.decode(cameraId, unit).then((jpeg) => ({ jpeg, wallMs }));
    const entry: Entry = { wallMs, pts90k, still, isDone: false };
    still.then(
      () => {
        entry.isDone = true;
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry;
  }
}

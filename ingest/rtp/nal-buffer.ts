const SLAB_SIZE_BYTES = 64 * 1024;
/** What may be freed by hand: never the memory of small buffers, which Node shares among all of them. */
const slabs = new WeakSet<ArrayBufferLike>();

/**
 * Joins the pieces of NAL units in memory of one stream. Units lie one behind the other in slabs, so that a unit costs
 * one copy and hardly an allocation; a slab is freed when the last unit in it is.
 */
export class NalBuffer {
  #slab = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  /** Size of the unit that is being joined. */
  get sizeBytes(): number {
    return this.#end - this.#start;
  }

  /** Adds what lies from `start` to `end`; all of the bytes by default. */
  append(bytes: Buffer, start = 0, end = bytes.length): void {
    this.#reserve(end - start);
    bytes.copy(this.#slab, this.#end, start, end);
    this.#end += end - start;
  }

  appendByte(value: number): void {
    this.#reserve(1);
    this.#slab.writeUInt8(value, this.#end++);
  }

  /** Ends the unit; the view stays valid for good. */
  take(): Buffer {
    const nal = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return nal;
  }

  /** Forgets the unit that is being joined. */
  discard(): void {
    this.#end = this.#start;
  }

  #reserve(sizeBytes: number): void {
    if (this.#end + sizeBytes <= this.#slab.length) return;
    const slab = Buffer.allocUnsafeSlow(Math.max(SLAB_SIZE_BYTES, 2 * (this.sizeBytes + sizeBytes)));
    slabs.add(slab.buffer);
    this.#slab.copy(slab, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#slab = slab;
  }
}

interface WithNals {
  readonly nalUnits: readonly Uint8Array[];
}

/**
 * Frees the slabs of units that nobody will read any more at once. Left to the garbage collector, a quarter of a megabyte
 * a second and camera keeps it busy with nothing else. Whoever still has such a unit finds its NAL units empty.
 *
 * @param kept a later unit of the same stream: what it lies in stays, and so does all that comes after it
 */
export function freeUnits(units: readonly WithNals[], kept: WithNals): void {
  const freed = new Set<ArrayBufferLike>();
  for (const { nalUnits } of units) for (const { buffer } of nalUnits) freed.add(buffer);
  for (const { buffer } of kept.nalUnits) freed.delete(buffer);
  for (const buffer of freed) if (slabs.has(buffer) && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

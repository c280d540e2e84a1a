const SLAB_SIZE_BYTES = 64 * 1024;

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

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#slab.set(bytes, this.#end);
    this.#end += bytes.length;
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
    this.#slab.copy(slab, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#slab = slab;
  }
}

/**
 * Frees the memory of an array that nobody looks at any more, and that has it for itself; of one that shares it, nothing happens.
 * Megabytes for each picture, left to the garbage collector, have it go over the whole heap every second.
 */
export function freeMemory({ buffer, byteLength }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

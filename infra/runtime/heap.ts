import { setFlagsFromString } from 'node:v8';

/**
 * Lets the old generation of the heaps of this process grow to three times what was left in it before it is searched again. Media and
 * pictures live for seconds, just long enough to be moved there; with V8's usual step it is searched every few seconds, by several
 * threads: an eighth of what an ingest thread costs. To be called before the threads that it is for are started.
 */
export function searchOldGenerationRarely(): void {
  setFlagsFromString('--heap-growing-percent=200');
}

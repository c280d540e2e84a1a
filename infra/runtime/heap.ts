import { setFlagsFromString } from 'node:v8';

/**
 * Lets the old generation of all heaps of the process grow to three times what was left in it before it is searched again. Media and
 * pictures live for seconds, just long enough to be moved there; with V8's usual step it is searched every few seconds, by several
 * threads: an eighth of what an ingest thread costs. Heaps that begin after the call follow it.
 */
export function searchOldGenerationRarely(): void {
  setFlagsFromString('--heap-growing-percent=200');
}

import { readFile, writeFile } from 'node:fs/promises';
import wabt from 'wabt';

const FOLDER = new URL('../../analyzers/imaging/', import.meta.url);
const TEXT = new URL('four-taps.wat', FOLDER);
/** What the product loads. */
export const BINARY = new URL('four-taps.wasm', FOLDER);

/** four-taps.wat as a WebAssembly module: what four-taps.wasm must hold, so that nobody has to believe a binary. */
export async function compileFourTaps(): Promise<Uint8Array> {
  const toolkit = await wabt();
  const module = toolkit.parseWat('four-taps.wat', await readFile(TEXT, 'utf8'), { simd: true });
  try {
    module.validate();
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

if (import.meta.main) await writeFile(BINARY, await compileFourTaps());

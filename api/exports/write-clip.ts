import { type FileHandle, open } from 'node:fs/promises';
import { moveFragment, segmentIndex, trackScalesOf, withDuration } from './clip-boxes.ts';
import type { ClipPart } from './clip-plan.ts';
import { readAt } from './recorded-file.ts';

/**
 * Writes one file of an export: the recorded fragments as they are, with their times moved to the time line of the new file.
 *
 * @param target must not exist yet
 * @param onBytes told of each fragment
 * @returns the size of the file
 * @throws {Error} when the signal fires, a recording is gone meanwhile, or the disk refuses
 */
export async function writeClip(
  part: ClipPart,
  target: string,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (sizeBytes: number) => void },
): Promise<number> {
  const scales = trackScalesOf(part.head);
  const soundEnds = new Map<number, number>();
  let sequenceNumber = 0;
  const output = await open(target, 'wx', 0o600);
  try {
    const listed = part.pieces.flatMap(({ fragments, shift90k }) =>
      fragments.map(({ sizeBytes, end90k, frames, isKeyFrame }) => ({
        sizeBytes,
        // Sound that came late adds nothing to the time of the pictures.
        end90k: frames > 0 ? end90k + shift90k : 0,
        isKeyFrame,
      })),
    );
    let end90k = 0;
    const indexed = listed.map((fragment) => ({ ...fragment, end90k: (end90k = Math.max(end90k, fragment.end90k)) }));
    await writeAll(output, Buffer.concat([withDuration(part.head, part.duration90k), segmentIndex(indexed)]));
    for (const { path, fragments, shift90k } of part.pieces) {
      const input = await open(path);
      try {
        for (const fragment of fragments) {
          signal.throwIfAborted();
          const bytes = await readAt(input, fragment.offset, fragment.sizeBytes);
          moveFragment(bytes.subarray(0, fragment.moofSizeBytes), {
            sequenceNumber: ++sequenceNumber,
            shift90k,
            scales,
            soundEnds,
          });
          await writeAll(output, bytes);
          onBytes(bytes.length);
        }
      } finally {
        await input.close();
      }
    }
    await output.datasync();
    return (await output.stat()).size;
  } finally {
    await output.close();
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written);
    written += bytesWritten;
  }
}

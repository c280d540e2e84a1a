import { readdir } from 'node:fs/promises';
import { benchErrors } from './errors.ts';

/** Names of the pictures in a folder, in order. @throws {AppError} `BENCH_DATA_UNUSABLE` when there are none */
export async function pictureFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw benchErrors.BENCH_DATA_UNUSABLE({ folder }, cause);
  });
  const pictures = names.filter((name) => /\.(jpe?g|png)$/i.test(name)).toSorted();
  if (pictures.length === 0) throw benchErrors.BENCH_DATA_UNUSABLE({ folder });
  return pictures;
}

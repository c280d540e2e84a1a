import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY_ROOT } from '../setup/cache-folder.ts';

/** Findings, a folder for each target, and the captured sessions in `sessions`. */
export const FUZZ_FOLDER = path.join(REPOSITORY_ROOT, 'ingest', 'testdata', 'fuzz');

/** The files of a folder of `FUZZ_FOLDER`, in the order of their names; none when it is not there. */
export function filesIn(folder: string): readonly { readonly file: string; readonly bytes: Buffer }[] {
  const whole = path.join(FUZZ_FOLDER, folder);
  if (!existsSync(whole)) return [];
  return readdirSync(whole)
    .filter((name) => name.endsWith('.bin'))
    .sort()
    .map((name) => ({ file: path.join(folder, name), bytes: readFileSync(path.join(whole, name)) }));
}

/** What servers sent from OPTIONS to the end of a short session over TCP. */
export function capturedSessions(): readonly Buffer[] {
  return filesIn('sessions').map(({ bytes }) => bytes);
}

import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { analyzerErrors } from '#analyzers/errors.ts';

/** One picture of a source, in shared memory. */
export interface SourcePicture {
  /** Position in the source; 0 for a lone picture. */
  readonly frame: number;
  /** Of the picture, from the beginning of the source. */
  readonly timeMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** uint8 [heightPx, widthPx, 3], RGB. */
  readonly pixels: SharedArrayBuffer;
  /** Gives lent memory back, when there is any. */
  release?(): void;
}

export interface SourceOptions {
  /** Analyse every n-th frame of a video. */
  readonly every: number;
  /** Analyse this many frames a second of a video; goes before `every`. */
  readonly fps: number | undefined;
  /** How long a stream is watched. */
  readonly seconds: number | undefined;
  readonly signal: AbortSignal;
}

export type SourceKind = 'picture' | 'video' | 'stream';

export interface AnalysisSource {
  readonly kind: SourceKind;
  /** As the user named it; without credentials. */
  readonly name: string;
  readonly address: string;
}

const PICTURE_ENDINGS = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.tif', '.tiff', '.gif', '.bmp']);
const VIDEO_ENDINGS = new Set([
  '.mp4',
  '.m4v',
  '.mov',
  '.mkv',
  '.webm',
  '.avi',
  '.ts',
  '.m2ts',
  '.mpg',
  '.flv',
  '.h264',
]);

/**
 * What the arguments of a command name: pictures, videos, streams; of a folder its pictures and videos, by name.
 * @throws {AppError} `SOURCE_UNREADABLE`
 */
export async function listSources(argument: string): Promise<readonly AnalysisSource[]> {
  if (/^rtsps?:\/\//i.test(argument)) {
    return [{ kind: 'stream', name: withoutCredentials(argument), address: argument }];
  }
  const state = await stat(argument).catch((cause: unknown) => {
    throw analyzerErrors.SOURCE_UNREADABLE({ source: argument }, cause);
  });
  if (!state.isDirectory()) return [fileSource(argument)];
  const names = (await readdir(argument)).sort((a, b) => a.localeCompare(b));
  const sources = names.filter(isKnownFile).map((name) => fileSource(path.join(argument, name)));
  if (sources.length === 0) throw analyzerErrors.SOURCE_UNREADABLE({ source: argument, files: 0 });
  return sources;
}

function fileSource(file: string): AnalysisSource {
  const kind = PICTURE_ENDINGS.has(path.extname(file).toLowerCase()) ? 'picture' : 'video';
  return { kind, name: file, address: file };
}

function isKnownFile(name: string): boolean {
  const ending = path.extname(name).toLowerCase();
  return PICTURE_ENDINGS.has(ending) || VIDEO_ENDINGS.has(ending);
}

function withoutCredentials(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/, '$1');
}

import type { RecordedFile, RecordedFragment } from './recorded-file.ts';

/** A recorded file and where it lies on the clock. */
export interface ClipSource {
  readonly path: string;
  /** Of its first picture, epoch ms. */
  readonly startMs: number;
  readonly file: RecordedFile;
}

/** Fragments of one source, and what is added to their times. */
export interface ClipPiece {
  readonly path: string;
  readonly startMs: number;
  readonly shift90k: number;
  readonly fragments: readonly RecordedFragment[];
}

/** One file of an export: without a gap, in one format. */
export interface ClipPart {
  readonly head: Buffer;
  readonly pieces: readonly ClipPiece[];
  /** Of the first picture, and behind the last one. */
  readonly startMs: number;
  readonly endMs: number;
  readonly frames: number;
  readonly duration90k: number;
  readonly sizeBytes: number;
}

/** A longer stretch without pictures is a gap, and a new file begins: no file hides one. The seam between two segments is shorter. */
const GAP_90K = 1.5 * 90_000;

interface OpenPart {
  readonly head: Buffer;
  readonly pieces: ClipPiece[];
  readonly startMs: number;
  end90k: number;
}

/**
 * What of the recordings belongs to a range: from the key frame at or before its start to the end of the group of pictures that holds its
 * end. Nothing is encoded anew, so a cut is where a key frame is.
 *
 * @param sources of one camera, oldest first
 * @returns files that play without a hole; none when nothing was recorded
 */
export function planClip(sources: readonly ClipSource[], range: { fromMs: number; toMs: number }): readonly ClipPart[] {
  const parts: OpenPart[] = [];
  for (const source of sources) {
    const chosen = chooseFragments(source, range);
    const [first] = chosen;
    if (!first) continue;
    const firstMs = source.startMs + first.start90k / 90;
    let part = parts.at(-1);
    const start90k = part ? Math.round((firstMs - part.startMs) * 90) : 0;
    // The clock of a camera is set now and then: pictures that would come before those already there begin another file too.
    const isNext = part && Math.abs(start90k - part.end90k) <= GAP_90K && part.head.equals(source.file.head);
    if (!part || !isNext) {
      part = { head: source.file.head, pieces: [], startMs: firstMs, end90k: 0 };
      parts.push(part);
    }
    const at90k = isNext ? Math.max(start90k, part.end90k) : 0;
    const shift90k = at90k - first.start90k;
    part.pieces.push({ path: source.path, startMs: source.startMs, shift90k, fragments: chosen });
    part.end90k = shift90k + lastEnd90k(chosen);
  }
  return parts.map(finishPart);
}

/** Whole groups of pictures; late sound goes with the pictures before it. */
function chooseFragments({ startMs, file }: ClipSource, range: { fromMs: number; toMs: number }): RecordedFragment[] {
  const { fragments } = file;
  const timeOf = (fragment: RecordedFragment): number => startMs + fragment.start90k / 90;
  let first = -1;
  let end = 0;
  for (const [index, fragment] of fragments.entries()) {
    if (fragment.frames === 0) {
      if (end === index) end = index + 1;
      continue;
    }
    if (timeOf(fragment) >= range.toMs) break;
    if (fragment.isKeyFrame && (first < 0 || timeOf(fragment) <= range.fromMs)) first = index;
    end = index + 1;
  }
  const chosen = first < 0 ? [] : fragments.slice(first, end);
  return startMs + lastEnd90k(chosen) / 90 <= range.fromMs ? [] : chosen;
}

const lastEnd90k = (fragments: readonly RecordedFragment[]): number =>
  fragments.findLast(({ frames }) => frames > 0)?.end90k ?? 0;

function finishPart({ head, pieces, startMs, end90k }: OpenPart): ClipPart {
  const fragments = pieces.flatMap((piece) => piece.fragments);
  const last = pieces.at(-1);
  return {
    head,
    pieces,
    startMs,
    endMs: last ? last.startMs + lastEnd90k(last.fragments) / 90 : startMs,
    frames: fragments.reduce((sum, { frames }) => sum + frames, 0),
    duration90k: end90k,
    sizeBytes: fragments.reduce((sum, { sizeBytes }) => sum + sizeBytes, head.length),
  };
}

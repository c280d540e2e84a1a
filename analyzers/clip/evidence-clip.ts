import { stat } from 'node:fs/promises';
import { AppError, toAppError } from '#infra/runtime/app-error.ts';
import { readRecordedPictures, type RecordedPicture } from '#ingest/frames/recorded-pictures.ts';
import type { Box } from '../detection.ts';
import { fillRegions } from '../evidence/blur-heads.ts';
import type { Picture } from '../packs/model-pack.ts';
import { analysePicture } from '../pool/analyse-picture.ts';
import type { ModelSet } from '../pool/analyzer-messages.ts';
import { CLIP_FPS, ClipEncoder, type ClipSpan } from './clip-encoder.ts';
import { HeadsInTime, PERSONS_KNOWN_MS } from './heads-in-time.ts';

/** Which clip is made of what. Plain data: it is copied to the thread that does it. */
export interface ClipOrder {
  /** Recorded files of one camera, oldest first. */
  readonly recordings: readonly { readonly file: string; readonly startMs: number; readonly endMs: number }[];
  /** UTC epoch milliseconds; `toMs` exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Heads are made unrecognisable. Needs models. */
  readonly isBlurred: boolean;
  /** MP4, written anew. */
  readonly file: string;
  /** @default ffmpeg */
  readonly ffmpegPath?: string;
}

/** What became of it. */
export interface MadeClip extends ClipSpan {
  readonly sizeBytes: number;
  readonly pictures: number;
  /** Left out, since the decoder complained about them. */
  readonly faultyPictures: number;
  /** Pictures in which persons were looked for. */
  readonly lookedAt: number;
  /** Recordings that could not be read, or only in part. */
  readonly unread: number;
}

/** Wider recordings are scaled down. */
const MAX_WIDTH_PX = 1280;
/** Persons are looked for three times a second, give or take a picture. */
const LOOK_EVERY_MS = 333;
const LOOK_EARLY_MS = 500 / CLIP_FPS;

/**
 * Makes one clip of recorded pictures: persons are looked for a few times a second, and what may be a head is covered in every picture
 * before it goes to the encoder. Holds the pictures of {@link PERSONS_KNOWN_MS}, until it is known who came after them.
 *
 * @returns undefined when the range holds no picture, or the signal ended it
 * @throws {AppError} `DECODER_UNAVAILABLE`, `CLIP_ENCODER_MISSING`, `CLIP_NOT_ENCODED`, and what the models throw; a recording that cannot be
 * read is counted
 */
export async function makeEvidenceClip(
  order: ClipOrder,
  models: ModelSet | undefined,
  signal: AbortSignal,
): Promise<MadeClip | undefined> {
  if (order.isBlurred && !models) throw new Error('heads are found by models');
  const encoder = new ClipEncoder({ file: order.file, ffmpegPath: order.ffmpegPath, signal });
  const film = new Film(encoder, order.isBlurred ? models : undefined);
  let unread = 0;
  try {
    // Of recordings that overlap, what was taken already is not taken again: time goes forward only.
    let seenMs = order.fromMs;
    for (const { file, startMs, endMs } of order.recordings) {
      const fromMs = Math.max(startMs, seenMs);
      if (fromMs >= Math.min(endMs, order.toMs) || signal.aborted) continue;
      seenMs = endMs;
      const range = { fromMs: fromMs - startMs, toMs: Math.min(endMs, order.toMs) - startMs };
      const pick = { fps: CLIP_FPS };
      const { ffmpegPath = 'ffmpeg' } = order;
      const reading = { file, pick, range, maxWidthPx: MAX_WIDTH_PX, signal, ffmpegPath };
      try {
        for await (const picture of readRecordedPictures(reading)) await film.take(picture, startMs + picture.timeMs);
      } catch (error) {
        if (!(error instanceof AppError) || toAppError(error).code !== 'PICTURE_UNDECODABLE') throw error;
        unread++;
      }
    }
    await film.finish();
    const span = signal.aborted ? undefined : await encoder.finish();
    if (!span || signal.aborted) return undefined;
    const { size: sizeBytes } = await stat(order.file);
    return { ...span, sizeBytes, ...film.counts, unread };
  } catch (error) {
    // Killed because it was to be: that is no error of the clip.
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    encoder.close();
  }
}

interface Waiting {
  readonly picture: Picture;
  readonly timeMs: number;
}

class Film {
  readonly #encoder: ClipEncoder;
  readonly #models: ModelSet | undefined;
  readonly #waiting: Waiting[] = [];
  #heads: HeadsInTime | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;
  readonly #counts = { pictures: 0, faultyPictures: 0, lookedAt: 0 };

  /** @param models undefined: nothing is covered */
  constructor(encoder: ClipEncoder, models: ModelSet | undefined) {
    this.#encoder = encoder;
    this.#models = models;
  }

  get counts() {
    return this.#counts;
  }

  async take(picture: RecordedPicture, timeMs: number): Promise<void> {
    // In what the decoder had to guess nobody is found who may well be seen.
    if (picture.isFaulty) {
      this.#counts.faultyPictures++;
      return;
    }
    this.#counts.pictures++;
    if (!this.#models) return await this.#encoder.write(picture, timeMs);
    this.#waiting.push({ picture, timeMs });
    if (timeMs - this.#lookedMs >= LOOK_EVERY_MS - LOOK_EARLY_MS) await this.#look(picture, timeMs);
    await this.#letGo(this.#lookedMs - PERSONS_KNOWN_MS);
  }

  /** The last picture is looked at in any case: nobody stands only in what comes after the last look. */
  async finish(): Promise<void> {
    const last = this.#waiting.at(-1);
    if (last && last.timeMs > this.#lookedMs) await this.#look(last.picture, last.timeMs);
    await this.#letGo(Number.POSITIVE_INFINITY);
  }

  async #look(picture: Picture, timeMs: number): Promise<void> {
    if (!this.#models) return;
    this.#lookedMs = timeMs;
    this.#counts.lookedAt++;
    const { detections } = await analysePicture(this.#models, picture, { plates: undefined });
    const persons: readonly Box[] = detections.filter(({ label }) => label === 'person').map(({ box }) => box);
    this.#heads ??= new HeadsInTime(picture.widthPx / picture.heightPx);
    this.#heads.add(timeMs, persons);
  }

  async #letGo(upToMs: number): Promise<void> {
    for (let first = this.#waiting[0]; first && first.timeMs <= upToMs; first = this.#waiting[0]) {
      this.#waiting.shift();
      fillRegions(first.picture, this.#heads?.at(first.timeMs) ?? []);
      await this.#encoder.write(first.picture, first.timeMs);
    }
  }
}

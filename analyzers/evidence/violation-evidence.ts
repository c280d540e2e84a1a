import type { KitchenViolation } from '../analysis-event.ts';
import type { Box, HygieneObservation } from '../detection.ts';
import type { Picture } from '../packs/model-pack.ts';
import { withHeadsBlurred } from './blur-heads.ts';
import type { HeldPicture, HeldPictures } from './held-pictures.ts';

export interface ViolationEvidenceDeps {
  readonly pictures: HeldPictures;
  /** Heads are made unrecognisable before a picture is kept. */
  readonly isBlurred: boolean;
  readonly onError: (error: unknown) => void;
}

/** One picture of a kitchen with what was found in it. */
export interface KitchenPicture {
  readonly picture: Picture;
  readonly persons: readonly Box[];
  readonly observations: readonly HygieneObservation[];
  readonly timeMs: number;
}

interface Candidate {
  readonly timeMs: number;
  readonly score: number;
  readonly box: Box;
  readonly picture: HeldPicture;
}

/** Another picture must be so much better, or the kept one so old, to be held: each costs a copy. */
const MIN_GAIN = 1.05;
const FRESH_MS = 5000;
/** No grace time is longer; what is older belongs to nothing. */
const KEPT_MS = 600_000;
const MAX_CANDIDATES = 3;
/** Someone whom the detector missed in this picture was there in one shortly before. */
const PERSONS_KEPT_MS = 2500;

/** Keeps the pictures that may prove a violation of one camera while its grace time runs, and hands out the best. */
export class ViolationEvidence {
  readonly #deps: ViolationEvidenceDeps;
  readonly #candidates = new Map<string, Candidate[]>();
  #persons: { readonly timeMs: number; readonly boxes: readonly Box[] }[] = [];
  #latest: KitchenPicture | undefined;

  constructor(deps: ViolationEvidenceDeps) {
    this.#deps = deps;
  }

  /**
   * Before the events of the picture are proved.
   * @param openRules rules whose violation had been open before this picture: it has its proof
   */
  offer(shown: KitchenPicture, openRules: ReadonlySet<string>): void {
    const { persons, observations, timeMs } = shown;
    this.#latest = shown;
    this.#persons = [
      ...this.#persons.filter((kept) => timeMs >= kept.timeMs && timeMs - kept.timeMs <= PERSONS_KEPT_MS),
      { timeMs, boxes: persons },
    ];
    for (const { ruleId, state, score, box } of observations) {
      if (ruleId === undefined) continue;
      const kept = this.#candidates.get(ruleId) ?? [];
      if (openRules.has(ruleId)) {
        this.#drop(ruleId);
        continue;
      }
      const last = kept.at(-1);
      const isFresh = last !== undefined && timeMs - last.timeMs < FRESH_MS && score < last.score * MIN_GAIN;
      if (state !== 'violation' || isFresh) continue;
      // Older ones are of use only as long as they are better.
      const better = kept.filter((candidate) => {
        const isOfUse = timeMs - candidate.timeMs <= KEPT_MS && candidate.score >= score * MIN_GAIN;
        if (!isOfUse) candidate.picture.drop();
        return isOfUse;
      });
      if (better.length >= MAX_CANDIDATES) better.pop()?.picture.drop();
      this.#candidates.set(ruleId, [...better, { timeMs, score, box, picture: this.#hold(shown) }]);
    }
  }

  /**
   * The event with the picture that proves it: of an opening one the best since it began, of a closing one the last.
   * @returns undefined for `picture` when no picture was ever offered
   */
  prove(event: KitchenViolation): { readonly event: KitchenViolation; readonly picture: HeldPicture | undefined } {
    const candidates = event.phase === 'opened' ? (this.#candidates.get(event.ruleId) ?? []) : [];
    const best = candidates
      .filter(({ timeMs }) => timeMs >= event.sinceMs && timeMs <= event.timeMs)
      .toSorted((a, b) => b.score - a.score)[0];
    if (!best) return { event, picture: this.#latest && this.#hold(this.#latest) };
    this.#candidates.set(
      event.ruleId,
      candidates.filter((candidate) => candidate !== best),
    );
    this.#drop(event.ruleId);
    const earlierMs = event.timeMs - best.timeMs;
    const { clipFromMs, clipToMs } = event;
    const clip =
      clipFromMs === undefined || clipToMs === undefined
        ? {}
        : { clipFromMs: clipFromMs - earlierMs, clipToMs: clipToMs - earlierMs };
    return { event: { ...event, ...clip, box: best.box, pictureTimeMs: best.timeMs }, picture: best.picture };
  }

  /** The picture that was offered last as it may be kept, whatever for. */
  toKeep(picture: Picture): Picture {
    if (!this.#deps.isBlurred) return picture;
    return withHeadsBlurred(
      picture,
      this.#persons.flatMap(({ boxes }) => boxes),
    );
  }

  /** Lets go of all. */
  close(): void {
    for (const ruleId of this.#candidates.keys()) this.#drop(ruleId);
    this.#latest = undefined;
  }

  #drop(ruleId: string): void {
    for (const { picture } of this.#candidates.get(ruleId) ?? []) picture.drop();
    this.#candidates.delete(ruleId);
  }

  #hold({ picture }: KitchenPicture): HeldPicture {
    const { pictures, onError } = this.#deps;
    return pictures.hold(this.toKeep(picture), onError);
  }
}

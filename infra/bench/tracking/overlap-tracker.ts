import type { Detection } from '#analyzers/detection.ts';
import { canBeSameObject } from '#analyzers/tracking/association.ts';
import { assignBest } from '#analyzers/tracking/best-assignment.ts';
import { overlapOf } from '#analyzers/tracking/box.ts';
import { Track } from '#analyzers/tracking/track.ts';

const LEAST_OVERLAP = 0.3;
const END_MS = 2500;

/** The plainest tracker there is: a box is what it overlaps most of the picture before. What ours is measured against. */
export class OverlapTracker {
  readonly #birthScore: number;
  #live: Track[] = [];
  #last = 0;
  #intervalMs = 0;
  #lastMs: number | undefined;

  constructor(birthScore: number) {
    this.#birthScore = birthScore;
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  update(detections: readonly Detection[], timeMs: number): { tracks: (Track | undefined)[]; ended: Track[] } {
    if (this.#lastMs !== undefined) this.#intervalMs = timeMs - this.#lastMs;
    this.#lastMs = timeMs;
    const strong = detections.filter(({ score }) => score >= this.#birthScore);
    for (const track of this.#live) track.predict(timeMs);
    const of = new Map<Detection, Track>();
    const pairs = assignBest(this.#live.length, strong.length, (left, right) => {
      const [track, detection] = [this.#live[left], strong[right]];
      if (!track || !detection || !canBeSameObject(track.label, detection.label)) return undefined;
      const overlap = overlapOf(track.box, detection.box);
      return overlap >= LEAST_OVERLAP ? overlap : undefined;
    });
    for (const { left, right } of pairs) {
      const [track, detection] = [this.#live[left], strong[right]];
      if (!track || !detection) continue;
      track.correct(detection);
      of.set(detection, track);
    }
    for (const detection of strong) {
      if (of.has(detection)) continue;
      const track = new Track(String(++this.#last), detection, timeMs);
      this.#live.push(track);
      of.set(detection, track);
    }
    const endMs = Math.max(END_MS, 1.5 * this.#intervalMs);
    const ended = this.#live.filter((track) => timeMs - track.lastMs >= endMs);
    this.#live = this.#live.filter((track) => !ended.includes(track));
    return { tracks: detections.map((detection) => of.get(detection)), ended };
  }

  close(): Track[] {
    return this.#live.splice(0);
  }
}

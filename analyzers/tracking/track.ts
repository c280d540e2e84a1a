import { type Appearance, blendAppearance } from '../attributes/appearance.ts';
import type { Box, Detection, ObjectLabel } from '../detection.ts';
import { areaOf, clipToFrame, footOf, touchesEdge } from './box.ts';
import { BoxFilter } from './kalman-filter.ts';
import { type PathPoint, TrackPath } from './track-path.ts';

/** One object on one camera, from its first picture to its last. */
export class Track {
  readonly id: string;
  readonly firstMs: number;
  readonly #filter: BoxFilter;
  readonly #firstBox: Box;
  readonly #labelWeights = new Map<ObjectLabel, number>();
  readonly #path = new TrackPath();
  #appearance: Appearance | undefined;
  #box: Box;
  #previousBox: Box | undefined;
  #lastMs: number;
  #predictedMs: number;
  #hits = 0;
  #misses = 0;
  #bestScore = 0;
  #maxWidth = 0;
  #travel = 0;

  constructor(id: string, detection: Detection, timeMs: number, appearance?: Appearance) {
    this.id = id;
    this.firstMs = timeMs;
    this.#filter = new BoxFilter(detection.box);
    this.#firstBox = detection.box;
    this.#box = detection.box;
    this.#lastMs = timeMs;
    this.#predictedMs = timeMs;
    this.#count(detection, appearance);
  }

  /** What most of the pictures say it is: sure and large ones count most. */
  get label(): ObjectLabel {
    let best: ObjectLabel = 'car';
    let weight = -1;
    for (const [label, sum] of this.#labelWeights) {
      if (sum > weight) [best, weight] = [label, sum];
    }
    return best;
  }

  /** As last detected. */
  get box(): Box {
    return this.#box;
  }

  /** As detected the time before; undefined after the first picture. */
  get previousBox(): Box | undefined {
    return this.#previousBox;
  }

  /** Where it was in which picture, oldest first. */
  get path(): readonly PathPoint[] {
    return this.#path.points;
  }

  /** What it looks like; undefined where no picture could be judged. */
  get appearance(): Appearance | undefined {
    return this.#appearance;
  }

  /** Where it should be at the time of the last `predict`; may lie outside the frame. */
  get predictedBox(): Box {
    return this.#filter.box;
  }

  /** Where it should be at a time not before that of the last `predict`. */
  boxAt(timeMs: number): Box {
    const { x, y, width, height } = this.#filter.box;
    const aheadS = Math.max(0, timeMs - this.#predictedMs) / 1000;
    const velocity = this.#filter.velocityPerS;
    return { x: x + velocity.x * aheadS, y: y + velocity.y * aheadS, width, height };
  }

  /** How many of its own lengths it moves in a second, as the filter believes. */
  get lengthsPerS(): number {
    const { x, y } = this.#filter.velocityPerS;
    const { width, height } = this.#filter.box;
    return Math.hypot(x / width, y / height);
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  /** In how many pictures it was detected. */
  get hits(): number {
    return this.#hits;
  }

  /** In how many pictures it was not found since it was last detected. */
  get misses(): number {
    return this.#misses;
  }

  get bestScore(): number {
    return this.#bestScore;
  }

  /** Its largest width so far, 0..1 of the frame. */
  get maxWidth(): number {
    return this.#maxWidth;
  }

  /** Largest distance of its foot from where it was first seen, 0..1 of the frame. */
  get travel(): number {
    return this.#travel;
  }

  /** True when the frame cut it as it was last seen, after it had moved by a tenth of the frame. */
  get isAtEdge(): boolean {
    return this.#travel >= 0.1 && touchesEdge(this.#box);
  }

  /** True when it should be out of the picture by now. */
  get hasLeft(): boolean {
    const visible = clipToFrame(this.#filter.box);
    const whole = this.#filter.box;
    return visible.width * visible.height < 0.15 * whole.width * whole.height;
  }

  predict(timeMs: number): void {
    const dtS = Math.max(0, timeMs - this.#predictedMs) / 1000;
    this.#filter.predict(dtS);
    this.#predictedMs = timeMs;
  }

  /** Takes a detection at the time last predicted. */
  correct(detection: Detection, appearance?: Appearance): void {
    this.#filter.correct(detection.box);
    this.#previousBox = this.#box;
    this.#box = detection.box;
    this.#lastMs = this.#predictedMs;
    this.#misses = 0;
    this.#count(detection, appearance);
  }

  miss(): void {
    this.#misses++;
  }

  #count(detection: Detection, appearance: Appearance | undefined): void {
    this.#hits++;
    this.#path.add(detection.box, this.#lastMs);
    if (appearance) this.#appearance = blendAppearance(this.#appearance, appearance);
    this.#bestScore = Math.max(this.#bestScore, detection.score);
    this.#maxWidth = Math.max(this.#maxWidth, detection.box.width);
    const weight = detection.score * Math.sqrt(areaOf(detection.box));
    this.#labelWeights.set(detection.label, (this.#labelWeights.get(detection.label) ?? 0) + weight);
    const from = footOf(this.#firstBox);
    const to = footOf(detection.box);
    this.#travel = Math.max(this.#travel, Math.hypot(to.x - from.x, to.y - from.y));
  }
}

const STEP_MS = 0.1;
const STEPS = 100_000;

/** How late things were, counted in steps of 0.1 ms up to 10 s: as much memory for a minute as for a day. */
export class Lateness {
  readonly #counts = new Uint32Array(STEPS);
  #total = 0;
  #maxMs = 0;

  /** @param lateMs not below 0 */
  add(lateMs: number): void {
    const step = Math.min(STEPS - 1, Math.floor(lateMs / STEP_MS));
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#total++;
    this.#maxMs = Math.max(this.#maxMs, lateMs);
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** What this share, 0..1, of them was not later than; 0 when there were none. */
  quantileMs(share: number): number {
    let seen = 0;
    for (const [step, count] of this.#counts.entries()) {
      seen += count;
      if (count > 0 && seen >= share * this.#total) return Math.min((step + 1) * STEP_MS, this.#maxMs);
    }
    return 0;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#maxMs = 0;
  }
}

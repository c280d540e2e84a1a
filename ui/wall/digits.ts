/** Two digits typed within this time are one number: tile 23 of 36. */
const togetherMs = 900;

/** Tile numbers as they are typed, one or two digits. */
export class TileDigits {
  #last: { readonly value: number; readonly atMs: number } | undefined;

  /** @returns the tile that is meant now, from 0; undefined when there is none of this number */
  type(digit: number, count: number, nowMs: number): number | undefined {
    const before = this.#last && nowMs - this.#last.atMs <= togetherMs ? this.#last.value : 0;
    const both = before * 10 + digit;
    const value = both >= 1 && both <= count ? both : digit;
    this.#last = { value, atMs: nowMs };
    return value >= 1 && value <= count ? value - 1 : undefined;
  }
}

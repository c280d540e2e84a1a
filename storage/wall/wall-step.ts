/** One group of cameras on the wall. */
export interface WallStep {
  readonly name?: string | undefined;
  /** As pages name it, e.g. `9` or `4x3-2x2`. */
  readonly layout: string;
  /** Camera of each tile, null for an empty one. */
  readonly tiles: readonly (string | null)[];
}

import { gridOf, layoutNames } from './grid.ts';

/** `tiles` is as long as the layout has tiles; undefined: an empty tile. */
export interface Wall {
  /** As {@link gridOf} reads it. */
  readonly layout: string;
  readonly tiles: readonly (string | undefined)[];
}

export const tilesOf = (layout: string): number => gridOf(layout)?.places.length ?? 1;

const fitted = (tiles: readonly (string | undefined)[], layout: string): (string | undefined)[] =>
  Array.from({ length: tilesOf(layout) }, (_, index) => tiles[index]);

const smallestFor = (count: number): string => layoutNames.find((name) => Number(name) >= count) ?? '64';

/**
 * From `layout=4&tiles=a,b,,d`; undefined when the address names neither.
 * @param cameraIds fill the layout when only that is named
 */
export function parseWall(search: URLSearchParams, cameraIds: readonly string[] = []): Wall | undefined {
  if (!search.has('layout') && !search.has('tiles')) return undefined;
  const asked = search.get('layout') ?? '';
  const isKnown = gridOf(asked) !== undefined;
  if (!search.has('tiles') && isKnown) return { layout: asked, tiles: fitted(cameraIds, asked) };
  const ids = (search.get('tiles') ?? '').split(',').map((id) => (/^[A-Za-z0-9_-]+$/.test(id) ? id : undefined));
  const layout = isKnown ? asked : smallestFor(ids.length);
  return { layout, tiles: fitted(ids, layout) };
}

export function wallSearch(wall: Wall): { layout: string; tiles: string } {
  return { layout: wall.layout, tiles: wall.tiles.map((id) => id ?? '').join(',') };
}

/** As it is kept on the server, and back. */
export const toStep = ({ layout, tiles }: Wall) => ({ layout, tiles: tiles.map((id) => id ?? null) });
export function fromStep(step: { readonly layout: string; readonly tiles: readonly (string | null)[] }): Wall {
  const ids = step.tiles.map((id) => id ?? undefined);
  const layout = gridOf(step.layout) ? step.layout : smallestFor(ids.length);
  return { layout, tiles: fitted(ids, layout) };
}

/** The first picture of the wall for someone who never set one: four cameras, or one. */
export function firstWall(cameraIds: readonly string[]): Wall {
  const layout = cameraIds.length > 1 ? '4' : '1';
  return { layout, tiles: fitted(cameraIds, layout) };
}

/** Keeps every camera that still has a place; those without one leave the wall from the end. */
export function withLayout(wall: Wall, layout: string): Wall {
  const count = tilesOf(layout);
  if (count >= wall.tiles.length) return { layout, tiles: fitted(wall.tiles, layout) };
  const kept = fitted(wall.tiles, layout);
  const homeless = wall.tiles.slice(count).filter((id) => id !== undefined);
  return { layout, tiles: kept.map((id) => id ?? homeless.shift()) };
}

/** A camera that is on the wall already moves there, and what it meets takes its old place. */
export function withCamera(wall: Wall, index: number, cameraId: string): Wall {
  const from = wall.tiles.indexOf(cameraId);
  const tiles = [...wall.tiles];
  if (from >= 0) tiles[from] = tiles[index];
  tiles[index] = cameraId;
  return { ...wall, tiles };
}

export function withoutTile(wall: Wall, index: number): Wall {
  return { ...wall, tiles: wall.tiles.map((id, at) => (at === index ? undefined : id)) };
}

/** Where the next camera goes: the first empty tile, else the selected one. */
export function nextTile(wall: Wall, selected: number): number {
  const free = wall.tiles.indexOf(undefined);
  return free >= 0 ? free : Math.min(selected, wall.tiles.length - 1);
}

export const layoutSizes = [1, 4, 9, 16] as const;
export type LayoutSize = (typeof layoutSizes)[number];

/** `tiles` is as long as the layout; undefined: an empty tile. */
export interface Wall {
  readonly layout: LayoutSize;
  readonly tiles: readonly (string | undefined)[];
}

export const columnsOf = (layout: LayoutSize): number => Math.sqrt(layout);

function isLayoutSize(value: number): value is LayoutSize {
  return (layoutSizes as readonly number[]).includes(value);
}

const fitted = (tiles: readonly (string | undefined)[], layout: LayoutSize): (string | undefined)[] =>
  Array.from({ length: layout }, (_, index) => tiles[index]);

/**
 * From `layout=4&tiles=a,b,,d`; undefined when the address names neither.
 * @param cameraIds fill the layout when only that is named
 */
export function parseWall(search: URLSearchParams, cameraIds: readonly string[] = []): Wall | undefined {
  if (!search.has('layout') && !search.has('tiles')) return undefined;
  const asked = Number(search.get('layout'));
  if (!search.has('tiles') && isLayoutSize(asked)) return { layout: asked, tiles: fitted(cameraIds, asked) };
  const ids = (search.get('tiles') ?? '').split(',').map((id) => (/^[A-Za-z0-9_-]+$/.test(id) ? id : undefined));
  const layout = isLayoutSize(asked) ? asked : (layoutSizes.find((size) => size >= ids.length) ?? 16);
  return { layout, tiles: fitted(ids, layout) };
}

export function wallSearch(wall: Wall): { layout: string; tiles: string } {
  return { layout: String(wall.layout), tiles: wall.tiles.map((id) => id ?? '').join(',') };
}

/** The first picture of the wall for someone who never set one: as many cameras as there are, 16 at most. */
export function firstWall(cameraIds: readonly string[]): Wall {
  const layout = layoutSizes.find((size) => size >= Math.min(4, cameraIds.length)) ?? 4;
  return { layout, tiles: fitted(cameraIds, layout) };
}

/** Keeps every camera that still has a place; those without one leave the wall from the end. */
export function withLayout(wall: Wall, layout: LayoutSize): Wall {
  if (layout >= wall.layout) return { layout, tiles: fitted(wall.tiles, layout) };
  const kept = fitted(wall.tiles, layout);
  const homeless = wall.tiles.slice(layout).filter((id) => id !== undefined);
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
  return free >= 0 ? free : Math.min(selected, wall.layout - 1);
}

/** The tile an arrow leads to; it stays at the edge. */
export function neighbour(layout: LayoutSize, index: number, key: string): number {
  const columns = columnsOf(layout);
  const row = Math.floor(index / columns);
  const column = index % columns;
  const last = columns - 1;
  const moves: Record<string, [number, number]> = {
    ArrowLeft: [row, Math.max(0, column - 1)],
    ArrowRight: [row, Math.min(last, column + 1)],
    ArrowUp: [Math.max(0, row - 1), column],
    ArrowDown: [Math.min(last, row + 1), column],
  };
  const [toRow, toColumn] = moves[key] ?? [row, column];
  return toRow * columns + toColumn;
}

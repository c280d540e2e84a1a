import type { TileMode } from './tile-actions.ts';
import { type TileZoom, wholePicture } from './tile-zoom.ts';

/** How the tiles of a window stand, beside what the address says. */
export interface TileMemory {
  readonly selected: number;
  readonly full: number | undefined;
  readonly boxes: readonly number[];
  readonly modes: Readonly<Record<number, TileMode>>;
  readonly zooms: Readonly<Record<number, TileZoom>>;
}

export const noMemory: TileMemory = { selected: 0, full: undefined, boxes: [], modes: {}, zooms: {} };

const isTile = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 64;

function entries(value: unknown): [number, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]): [number, unknown][] => {
    const tile = Number(key);
    return isTile(tile) ? [[tile, one]] : [];
  });
}

function toMode(value: unknown): TileMode | undefined {
  if (typeof value !== 'object' || value === null || !('fromMs' in value)) return undefined;
  return Number.isFinite(value.fromMs) ? { kind: 'back', fromMs: Number(value.fromMs) } : undefined;
}

function toZoom(value: unknown): TileZoom | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { scale, x, y } = { scale: Number.NaN, x: Number.NaN, y: Number.NaN, ...value };
  const isGood =
    [scale, x, y].every((one) => typeof one === 'number' && Number.isFinite(one)) && scale > 1 && scale <= 8;
  return isGood ? { scale, x, y } : undefined;
}

/** What a window remembers over a reload; what does not fit is left out. */
export function readMemory(text: string | undefined): TileMemory {
  try {
    const kept: unknown = JSON.parse(text ?? 'null');
    if (typeof kept !== 'object' || kept === null) return noMemory;
    const { selected, full, boxes, modes, zooms } = { ...noMemory, ...kept } as Record<keyof TileMemory, unknown>;
    const known = <T>(list: unknown, read: (value: unknown) => T | undefined): Record<number, T> =>
      Object.fromEntries(
        entries(list).flatMap(([tile, value]): [number, T][] => {
          const one = read(value);
          return one === undefined ? [] : [[tile, one]];
        }),
      );
    return {
      selected: isTile(selected) ? selected : 0,
      full: isTile(full) ? full : undefined,
      boxes: Array.isArray(boxes) ? boxes.filter(isTile) : [],
      modes: known(modes, toMode),
      zooms: known(zooms, toZoom),
    };
  } catch {
    return noMemory;
  }
}

const live: TileMode = { kind: 'live' };
export const modeOf = (memory: TileMemory, tile: number): TileMode => memory.modes[tile] ?? live;
export const zoomOf = (memory: TileMemory, tile: number): TileZoom => memory.zooms[tile] ?? wholePicture;

/** A tile that gets another camera begins anew. */
export function withFresh(memory: TileMemory, ...tiles: readonly number[]): TileMemory {
  const keep = <T>(all: Readonly<Record<number, T>>): Record<number, T> =>
    Object.fromEntries(Object.entries(all).filter(([tile]) => !tiles.includes(Number(tile))));
  return { ...memory, modes: keep(memory.modes), zooms: keep(memory.zooms) };
}

import type { MapArea, MapLayer } from '#api/contract/sightings.ts';

/** [longitude, latitude] in degrees. */
export type Place = readonly [longitude: number, latitude: number];

export interface MapCamera {
  readonly cameraId: string;
  readonly name: string;
  readonly place: Place;
  /** How many passes of the result were here. */
  readonly passes: number;
  /** On a trajectory: which stations these are, `1` or `2 · 5`; shown in the mark. */
  readonly order?: string;
  /** Beside the name: when. */
  readonly times?: string;
}

export interface MapLeg {
  /** Along the road where there is a road network, else the two ends. */
  readonly points: readonly Place[];
  readonly isRoute: boolean;
  readonly isImplausible: boolean;
  /** Where in the trajectory, from 1. */
  readonly order: number;
  readonly isHighlighted: boolean;
  /** Said at its middle: why it is implausible, or how long the vehicle stopped. */
  readonly note?: string;
  readonly isStop: boolean;
}

/** What both renderers draw. */
export interface MapScene {
  readonly roads: MapLayer | undefined;
  readonly cameras: readonly MapCamera[];
  readonly legs: readonly MapLeg[];
  readonly highlightedCamera: string | undefined;
  /** The part that is searched. */
  readonly area: MapArea | undefined;
  /** All cameras stay in view whatever is marked. */
  readonly isWhole?: boolean;
}

/** Names stand beside so many marks with passes; beyond, only beside what is pointed at. */
export const mostNames = 10;

export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export interface RoadLine {
  readonly points: readonly Place[];
  readonly isMajor: boolean;
  readonly isWater: boolean;
}

function isPlace(value: unknown): value is [number, number] {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number';
}

const isPlaces = (value: unknown): value is Place[] => Array.isArray(value) && value.every(isPlace);

/** Lines of the base map; what is not a line is left out. */
export function roadLines(roads: MapLayer | undefined): RoadLine[] {
  return (roads?.features ?? []).flatMap((feature) => {
    if (typeof feature !== 'object' || feature === null || !('geometry' in feature)) return [];
    const { geometry } = feature;
    if (typeof geometry !== 'object' || geometry === null || !('coordinates' in geometry)) return [];
    const properties =
      'properties' in feature && typeof feature.properties === 'object' ? feature.properties : undefined;
    const kind = properties && 'kind' in properties ? properties.kind : undefined;
    const isMajor = ['motorway', 'trunk', 'primary', 'major', 'main', 'arterial'].includes(String(kind));
    const isWater = kind === 'river';
    const { coordinates } = geometry;
    if (isPlaces(coordinates)) return [{ points: coordinates, isMajor, isWater }];
    return Array.isArray(coordinates)
      ? coordinates.filter(isPlaces).map((points) => ({ points, isMajor, isWater }))
      : [];
  });
}

export interface NamedLine {
  readonly name: string;
  readonly nameEn: string;
  readonly points: readonly Place[];
}

/** Roads with a name, for finding what stands beside them; a river is no road. */
export function namedLines(roads: MapLayer | undefined): NamedLine[] {
  return (roads?.features ?? []).flatMap((feature) => {
    if (typeof feature !== 'object' || feature === null || !('properties' in feature)) return [];
    const { properties } = feature;
    if (typeof properties !== 'object' || properties === null || !('name' in properties)) return [];
    const { name } = properties;
    if (typeof name !== 'string' || name === '' || ('kind' in properties && properties.kind === 'river')) return [];
    const nameEn = 'nameEn' in properties && typeof properties.nameEn === 'string' ? properties.nameEn : '';
    return roadLines({ type: 'FeatureCollection', features: [feature] }).map(({ points }) => ({
      name,
      nameEn,
      points,
    }));
  });
}

/** What must be seen: the trajectory if there is one, else the part searched, else where something passed, else all cameras; at least about 400 m. */
export function sceneBounds(scene: MapScene): Bounds | undefined {
  const hits = scene.isWhole ? [] : scene.cameras.filter((camera) => camera.passes > 0);
  const area = scene.isWhole ? undefined : scene.area;
  const corners: Place[] = area ? [[area.west, area.south] as const, [area.east, area.north] as const] : [];
  const places =
    scene.legs.length > 0
      ? scene.legs.flatMap((leg) => leg.points)
      : corners.length > 0
        ? corners
        : (hits.length > 0 ? hits : scene.cameras).map((camera) => camera.place);
  const [first] = places;
  if (!first) return undefined;
  const start: Bounds = { west: first[0], east: first[0], south: first[1], north: first[1] };
  const tight = places.reduce(
    (bounds, [longitude, latitude]) => ({
      west: Math.min(bounds.west, longitude),
      east: Math.max(bounds.east, longitude),
      south: Math.min(bounds.south, latitude),
      north: Math.max(bounds.north, latitude),
    }),
    start,
  );
  const margin = 0.002;
  return {
    west: tight.west - margin,
    east: tight.east + margin,
    south: tight.south - margin,
    north: tight.north + margin,
  };
}

/** The place half way along a line; undefined for an empty one. */
export function middleOf(points: readonly Place[]): Place | undefined {
  const lengths = points.slice(1).map((to, index) => {
    const from = points[index];
    return from ? Math.hypot(to[0] - from[0], to[1] - from[1]) : 0;
  });
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    const from = points[index];
    const to = points[index + 1];
    if (!from || !to) break;
    if (left <= length && length > 0) {
      const share = left / length;
      return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    }
    left -= length;
  }
  return points[0];
}

/** Degrees of longitude are shorter than those of latitude by this factor; good enough for a city. */
const squeeze = (bounds: Bounds): number => Math.cos((((bounds.south + bounds.north) / 2) * Math.PI) / 180);

/** Maps places into a box of pixels, north up, without distortion, centred. */
export function projector(
  bounds: Bounds,
  width: number,
  height: number,
): (place: Place) => readonly [x: number, y: number] {
  const factor = squeeze(bounds);
  const spanX = (bounds.east - bounds.west) * factor;
  const spanY = bounds.north - bounds.south;
  const scale = Math.min(width / spanX, height / spanY);
  const offsetX = (width - spanX * scale) / 2;
  const offsetY = (height - spanY * scale) / 2;
  return ([longitude, latitude]) => [
    offsetX + (longitude - bounds.west) * factor * scale,
    offsetY + (bounds.north - latitude) * scale,
  ];
}

/** The other way round: the place under a pixel. */
export function unprojector(bounds: Bounds, width: number, height: number): (x: number, y: number) => Place {
  const project = projector(bounds, width, height);
  const [westX, northY] = project([bounds.west, bounds.north]);
  const [eastX, southY] = project([bounds.east, bounds.south]);
  return (x, y) => [
    bounds.west + ((x - westX) / (eastX - westX)) * (bounds.east - bounds.west),
    bounds.north - ((y - northY) / (southY - northY)) * (bounds.north - bounds.south),
  ];
}

/** The part of the map between two corners, within the world. */
export function areaBetween(one: Place, other: Place): MapArea {
  return {
    west: Math.max(-180, Math.min(one[0], other[0])),
    east: Math.min(180, Math.max(one[0], other[0])),
    south: Math.max(-90, Math.min(one[1], other[1])),
    north: Math.min(90, Math.max(one[1], other[1])),
  };
}

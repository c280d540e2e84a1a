import type { MapLayer } from '#api/contract/sightings.ts';

/** [longitude, latitude] in degrees. */
export type Place = readonly [longitude: number, latitude: number];

export interface MapCamera {
  readonly cameraId: string;
  readonly name: string;
  readonly place: Place;
  /** How many passes of the result were here. */
  readonly passes: number;
}

export interface MapLeg {
  readonly from: Place;
  readonly to: Place;
  readonly isImplausible: boolean;
  /** Where in the trajectory, from 1. */
  readonly order: number;
}

/** What both renderers draw. */
export interface MapScene {
  readonly roads: MapLayer | undefined;
  readonly cameras: readonly MapCamera[];
  readonly legs: readonly MapLeg[];
  readonly highlightedCamera: string | undefined;
}

export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export interface RoadLine {
  readonly points: readonly Place[];
  readonly isMajor: boolean;
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
    const isMajor = ['motorway', 'trunk', 'primary', 'major', 'arterial'].includes(String(kind));
    const { coordinates } = geometry;
    if (isPlaces(coordinates)) return [{ points: coordinates, isMajor }];
    return Array.isArray(coordinates) ? coordinates.filter(isPlaces).map((points) => ({ points, isMajor })) : [];
  });
}

/** What must be seen: the trajectory if there is one, else the cameras; at least about 400 m. */
export function sceneBounds(scene: MapScene): Bounds | undefined {
  const places =
    scene.legs.length > 0
      ? scene.legs.flatMap((leg) => [leg.from, leg.to])
      : scene.cameras.map((camera) => camera.place);
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

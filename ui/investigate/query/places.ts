import type { Camera } from '#api/contract/cameras.ts';
import type { MapLayer } from '#api/contract/sightings.ts';
import { namedLines, type NamedLine, type Place } from '../../map/map-scene.ts';
import { isBoundary } from './scan.ts';
import { type Findable, makeFindable, matchScore } from '../../shared/pinyin-match.ts';

/** So many cameras one search may name. */
export const mostCameras = 500;
/** A camera this near to a road stands on it. */
const besideRoadMetres = 60;
const metresPerDegree = 111_320;

export interface PlaceEntry {
  readonly kind: 'road' | 'area' | 'camera';
  readonly name: string;
  readonly nameEn: string;
  readonly cameraIds: readonly string[];
  /** Made for roads and areas at once, for cameras by {@link spellSome}: the pinyin of a city's cameras costs seconds. */
  findable: Findable | undefined;
}

/** What a word of the search box can stand for: roads, areas of the camera tree, cameras. */
export interface PlaceIndex {
  readonly entries: readonly PlaceEntry[];
  readonly byName: ReadonlyMap<string, PlaceEntry>;
  /** Names of all entries, one a line, lower case: one `includes` tells whether any holds a word. */
  readonly text: string;
}

function distanceMetres([x, y]: Place, [fromX, fromY]: Place, [toX, toY]: Place): number {
  const squeeze = Math.cos((y * Math.PI) / 180) * metresPerDegree;
  const ax = (fromX - x) * squeeze;
  const ay = (fromY - y) * metresPerDegree;
  const dx = (toX - fromX) * squeeze;
  const dy = (toY - fromY) * metresPerDegree;
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length));
  return Math.hypot(ax + share * dx, ay + share * dy);
}

const cellDegrees = 0.005;
const cellOf = (longitude: number, latitude: number): string =>
  `${Math.floor(longitude / cellDegrees)}/${Math.floor(latitude / cellDegrees)}`;

/** Cameras by cells of about 500 m, so that a road looks only at those near to it. */
function cameraCells(cameras: readonly Camera[]): Map<string, { id: string; place: Place }[]> {
  const cells = new Map<string, { id: string; place: Place }[]>();
  for (const { id, longitude, latitude } of cameras) {
    if (longitude === undefined || latitude === undefined) continue;
    const key = cellOf(longitude, latitude);
    const cell = cells.get(key);
    if (cell) cell.push({ id, place: [longitude, latitude] });
    else cells.set(key, [{ id, place: [longitude, latitude] }]);
  }
  return cells;
}

function besideLine(line: NamedLine, cells: ReturnType<typeof cameraCells>): string[] {
  const found = new Set<string>();
  line.points.forEach((to, index) => {
    const from = line.points[index - 1];
    if (!from) return;
    const west = Math.floor(Math.min(from[0], to[0]) / cellDegrees) - 1;
    const east = Math.floor(Math.max(from[0], to[0]) / cellDegrees) + 1;
    const south = Math.floor(Math.min(from[1], to[1]) / cellDegrees) - 1;
    const north = Math.floor(Math.max(from[1], to[1]) / cellDegrees) + 1;
    for (let x = west; x <= east; x += 1)
      for (let y = south; y <= north; y += 1)
        for (const { id, place } of cells.get(`${x}/${y}`) ?? [])
          if (distanceMetres(place, from, to) <= besideRoadMetres) found.add(id);
  });
  return [...found];
}

export function makePlaces(cameras: readonly Camera[], roads: MapLayer | undefined): PlaceIndex {
  const cells = cameraCells(cameras);
  const roadCameras = new Map<string, { nameEn: string; ids: Set<string> }>();
  for (const line of namedLines(roads)) {
    const road = roadCameras.get(line.name) ?? { nameEn: line.nameEn, ids: new Set<string>() };
    for (const id of besideLine(line, cells)) road.ids.add(id);
    roadCameras.set(line.name, road);
  }
  for (const camera of cameras) {
    for (const [name, road] of roadCameras) if (camera.name.includes(name)) road.ids.add(camera.id);
  }
  const entry = (kind: PlaceEntry['kind'], name: string, nameEn: string, ids: Iterable<string>): PlaceEntry => ({
    kind,
    name,
    nameEn,
    cameraIds: [...ids],
    findable: kind === 'camera' ? undefined : makeFindable(name),
  });
  const areas = Map.groupBy(
    cameras.filter((camera) => camera.area !== ''),
    (camera) => camera.area,
  );
  const entries = [
    ...[...roadCameras].map(([name, road]) => entry('road', name, road.nameEn, road.ids)),
    ...[...areas].map(([name, inside]) =>
      entry(
        'area',
        name,
        '',
        inside.map((camera) => camera.id),
      ),
    ),
    ...cameras.map((camera) => entry('camera', camera.name, '', [camera.id])),
  ];
  const byName = new Map<string, PlaceEntry>();
  for (const one of entries) {
    const key = one.name.toLowerCase();
    if (!byName.has(key)) byName.set(key, one);
    if (one.nameEn !== '' && !byName.has(one.nameEn.toLowerCase())) byName.set(one.nameEn.toLowerCase(), one);
  }
  return { entries, byName, text: `\n${entries.map((one) => one.name.toLowerCase()).join('\n')}\n` };
}

/** Spells the names of some more cameras. @returns whether any are left */
export function spellSome(places: PlaceIndex, count: number): boolean {
  const next = places.entries.filter((one) => one.findable === undefined);
  for (const one of next.slice(0, count)) one.findable = makeFindable(one.name);
  return next.length > count;
}

/** All cameras that a word stands for: of the road or area of that name, and those whose own name holds the word. */
export function camerasOf(places: PlaceIndex, word: string): readonly string[] {
  const wanted = word.toLowerCase();
  const exact = places.byName.get(wanted);
  if (exact) return exact.cameraIds;
  const ids = new Set<string>();
  for (const one of places.entries) {
    if (one.name.toLowerCase().includes(wanted)) for (const id of one.cameraIds) ids.add(id);
  }
  return [...ids];
}

const separator = /[\s,，;；、]/;
const longestName = 24;
const shortestInitials = 3;

export interface PlaceMatch {
  readonly end: number;
  readonly name: string;
  /** A part of a name only. */
  readonly isPart: boolean;
}

/** The longest piece of text from here on that is (part of) the name of a place. */
export function readPlace(places: PlaceIndex, text: string, index: number): PlaceMatch | undefined {
  let best: PlaceMatch | undefined;
  for (let end = index + 2; end <= Math.min(text.length, index + longestName); end += 1) {
    const piece = text.slice(index, end);
    const isLatin = /^[a-z0-9]/.test(piece);
    if (separator.test(piece.charAt(piece.length - 1)) && !isLatin) break;
    const isWhole = isBoundary(text, index) && isBoundary(text, end);
    const exact = places.byName.get(piece);
    if (exact && isWhole) best = { end, name: exact.name, isPart: false };
    else if (!isLatin) {
      // Longer pieces are in no name either.
      if (!places.text.includes(piece)) break;
      if (isWhole) best = { end, name: best && !best.isPart ? best.name : piece, isPart: best?.isPart ?? true };
    }
  }
  return best ?? readSpelled(places, text, index);
}

/** `bhl` or `binhelu` for 滨河路: initials or pinyin from the beginning of a name, roads and areas before cameras. */
function readSpelled(places: PlaceIndex, text: string, index: number): PlaceMatch | undefined {
  const word = /^[a-z]+/.exec(text.slice(index))?.[0] ?? '';
  const end = index + word.length;
  if (word.length < shortestInitials || !isBoundary(text, index) || /[0-9?*]/.test(text.charAt(end))) return undefined;
  const found = places.entries
    .filter(
      ({ findable, nameEn }) =>
        findable?.initials.startsWith(word) ||
        findable?.syllables.startsWith(word) ||
        nameEn.toLowerCase().startsWith(word),
    )
    .toSorted((a, b) => Number(a.kind === 'camera') - Number(b.kind === 'camera') || a.name.length - b.name.length)[0];
  return found ? { end, name: found.name, isPart: false } : undefined;
}

/** Places to offer while a word is being typed, the best first. */
export function suggestPlaces(places: PlaceIndex, word: string, count: number): readonly PlaceEntry[] {
  const wanted = word.toLowerCase();
  if (wanted === '') return [];
  const scored = places.entries.flatMap((one) => {
    const name = one.name.toLowerCase();
    const at = name.indexOf(wanted);
    const spelled = one.findable ? matchScore(one.findable, wanted) : 0;
    const english = one.nameEn.toLowerCase().includes(wanted) ? 2.5 : 0;
    const score = Math.max(at < 0 ? 0 : at === 0 ? 4 : 3, spelled, english) + (one.kind === 'camera' ? 0 : 0.2);
    return score > 0.5 ? [{ one, score }] : [];
  });
  return scored
    .toSorted((a, b) => b.score - a.score || a.one.name.length - b.one.name.length)
    .slice(0, count)
    .map(({ one }) => one);
}

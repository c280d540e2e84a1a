import type {
  Line,
  Point,
  SceneTruth,
  SeenObject,
  TruthCrossing,
  TruthFrame,
  TruthObject,
  TruthVehicle,
} from './truth-format.ts';

const READABLE_PLATE_PX = 100;

/** A frame as the page reported it. */
type SeenFrame = Omit<TruthFrame, 'objects'> & { readonly objects: readonly SeenObject[] };

/** Adds what can be told only from all frames together: who was in view when, and who crossed which line. */
export function summariseTruth(
  clip: Omit<SceneTruth, 'crossings' | 'vehicles' | 'frames'>,
  frames: readonly SeenFrame[],
): SceneTruth {
  return {
    ...clip,
    crossings: clip.lines.flatMap((line) => crossingsOf(line, frames)),
    vehicles: vehiclesOf(frames),
    frames: frames.map((frame) => ({
      ...frame,
      objects: frame.objects.map(({ colour: _colour, lengthM: _lengthM, ...object }) => object),
    })),
  };
}

/** Compact: one line per frame, and only every nth frame. */
export function serialiseTruth(truth: SceneTruth, everyNth: number): string {
  const { frames, ...summary } = truth;
  const kept = frames.filter(({ index }) => index % everyNth === 0).map((frame) => JSON.stringify(frame));
  return `${JSON.stringify(summary).slice(0, -1)},\n"frames":[\n${kept.join(',\n')}\n]}\n`;
}

/** An object is where the middle of its lower edge is: there it touches the ground, and there trackers look, too. */
function footOf({ box }: TruthObject): Point {
  return [box.x + box.width / 2, box.y + box.height];
}

function crossingsOf({ name, points: [from, to] }: Line, frames: readonly SeenFrame[]): TruthCrossing[] {
  const crossings: TruthCrossing[] = [];
  const lastSeen = new Map<number, Point>();
  for (const { timeMs, objects } of frames) {
    for (const object of objects) {
      const now = footOf(object);
      const before = lastSeen.get(object.id);
      lastSeen.set(object.id, now);
      if (!before || !segmentsMeet(before, now, from, to)) continue;
      const direction = sideOf(from, to, now) > 0 ? 'left_to_right' : 'right_to_left';
      crossings.push({ line: name, id: object.id, timeMs, direction });
    }
  }
  return crossings;
}

/** Positive to the right of the way from one point to the other, in a picture whose y grows downwards. */
function sideOf([fromX, fromY]: Point, [toX, toY]: Point, [x, y]: Point): number {
  return (toX - fromX) * (y - fromY) - (toY - fromY) * (x - fromX);
}

function segmentsMeet(a: Point, b: Point, c: Point, d: Point): boolean {
  return sideOf(c, d, a) > 0 !== sideOf(c, d, b) > 0 && sideOf(a, b, c) > 0 !== sideOf(a, b, d) > 0;
}

function vehiclesOf(frames: readonly SeenFrame[]): TruthVehicle[] {
  const vehicles = new Map<number, TruthVehicle & { readableSinceMs: number | null }>();
  for (const { timeMs, objects } of frames) {
    for (const { id, type, plate, colour, lengthM } of objects) {
      if (type === 'person') continue;
      const known = vehicles.get(id) ?? {
        id,
        type,
        plate: '',
        ...(colour === undefined ? {} : { colour }),
        ...(lengthM === undefined ? {} : { lengthM }),
        firstMs: timeMs,
        lastMs: timeMs,
        plateReadableMs: 0,
        readableSinceMs: null,
      };
      vehicles.set(id, known);
      known.lastMs = timeMs;
      if (plate) known.plate = plate.text;
      if (!plate || plate.widthPx < READABLE_PLATE_PX) known.readableSinceMs = null;
      else {
        known.readableSinceMs ??= timeMs;
        known.plateReadableMs = Math.max(known.plateReadableMs, timeMs - known.readableSinceMs);
      }
    }
  }
  return [...vehicles.values()].map(({ readableSinceMs: _, ...vehicle }) => vehicle);
}

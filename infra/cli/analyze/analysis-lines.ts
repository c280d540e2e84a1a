import type { CameraUpdate } from '#analyzers/camera-analysis.ts';
import type { HygieneObservation, PlateReading } from '#analyzers/detection.ts';
import type { PassedVehicle } from '#analyzers/sighting-book.ts';
import type { SourcePicture } from './analysis-source.ts';

/** What `--packs` may name. */
export const PACKS = ['vehicle', 'plate', 'kitchen'] as const;
export type PackName = (typeof PACKS)[number];

export interface PlateLine {
  readonly text: string;
  readonly confidence: number;
  readonly colour: string;
  readonly box: object;
  readonly alternatives: readonly { readonly text: string; readonly confidence: number }[];
}

/** One line of `analyze --jsonl`: what was seen in one picture. Boxes are 0..1 of the frame. */
export interface FrameLine {
  readonly source: string;
  readonly frame: number;
  readonly timeMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly detections: readonly {
    readonly label: string;
    readonly score: number;
    readonly box: object;
    readonly trackId?: string;
  }[];
  readonly plates: readonly PlateLine[];
  readonly hygiene: readonly Pick<HygieneObservation, 'item' | 'state' | 'score' | 'box'>[];
}

/** The last line of a video or stream. */
export interface SummaryLine {
  readonly source: string;
  readonly summary: {
    readonly frames: number;
    readonly tracks: readonly {
      readonly trackId: string;
      readonly label: string;
      readonly firstMs: number;
      readonly lastMs: number;
      readonly plate?: string;
      readonly colour?: string;
      readonly direction?: string;
      /** Only with a calibration among the rules. */
      readonly speedKmh?: number;
      /** One standard deviation. */
      readonly speedUncertaintyKmh?: number;
      readonly lengthMetres?: number;
    }[];
    readonly crossings: readonly { readonly line: string; readonly direction: string; readonly count: number }[];
  };
}

export function frameLine(
  source: string,
  picture: Omit<SourcePicture, 'pixels'>,
  update: CameraUpdate,
  plates: readonly PlateReading[],
  packs: ReadonlySet<PackName>,
): FrameLine {
  const wanted = update.objects.filter(({ detection }) =>
    packs.has('vehicle') ? true : packs.has('kitchen') && detection.label === 'person',
  );
  return {
    source,
    frame: picture.frame,
    timeMs: rounded(picture.timeMs, 3),
    widthPx: picture.widthPx,
    heightPx: picture.heightPx,
    detections: wanted.map(({ detection, track }) => ({
      label: detection.label,
      score: rounded(detection.score, 4),
      box: roundedBox(detection.box),
      ...(track ? { trackId: track.id } : {}),
    })),
    plates: plates
      .filter(({ withheld }) => withheld !== 'refused')
      .map(({ text, kind, confidence, colour, box, alternatives }) => ({
        text,
        kind,
        confidence: rounded(confidence, 4),
        colour,
        box: roundedBox(box),
        alternatives: alternatives.map((other) => ({ text: other.text, confidence: rounded(other.confidence, 4) })),
      })),
    hygiene: update.hygiene.map(({ item, state, score, box }) => ({
      item,
      state,
      score: rounded(score, 4),
      box: roundedBox(box),
    })),
  };
}

/** Counts what a video came to, picture by picture. */
export class SummaryBuilder {
  #frames = 0;
  readonly #tracks: SummaryLine['summary']['tracks'][number][] = [];
  readonly #crossings = new Map<string, { line: string; direction: string; count: number }>();

  addFrame(update: CameraUpdate, lineName: (ruleId: string) => string): void {
    this.#frames++;
    for (const event of update.events) {
      if (event.kind !== 'vehicle.crossing') continue;
      const key = `${event.ruleId} ${event.direction}`;
      const line = lineName(event.ruleId);
      const known = this.#crossings.get(key) ?? { line, direction: event.direction, count: 0 };
      known.count++;
      this.#crossings.set(key, known);
    }
  }

  addTrack({ track, plate, attributes }: PassedVehicle): void {
    const { vehicleColour, direction, speed, lengthMetres } = attributes;
    this.#tracks.push({
      trackId: track.id,
      label: track.label,
      firstMs: rounded(track.firstMs, 3),
      lastMs: rounded(track.lastMs, 3),
      ...(plate ? { plate: plate.text } : {}),
      ...(vehicleColour ? { colour: vehicleColour.name } : {}),
      ...(direction ? { direction } : {}),
      ...(speed ? { speedKmh: rounded(speed.kmh, 1), speedUncertaintyKmh: rounded(speed.uncertaintyKmh, 1) } : {}),
      ...(lengthMetres === undefined ? {} : { lengthMetres: rounded(lengthMetres, 1) }),
    });
  }

  line(source: string): SummaryLine {
    const tracks = this.#tracks.toSorted((a, b) => a.firstMs - b.firstMs);
    return { source, summary: { frames: this.#frames, tracks, crossings: [...this.#crossings.values()] } };
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function roundedBox({ x, y, width, height }: HygieneObservation['box']): HygieneObservation['box'] {
  return { x: rounded(x, 5), y: rounded(y, 5), width: rounded(width, 5), height: rounded(height, 5) };
}

import type { TravelDirection, VehicleSighting } from '../analysis-event.ts';
import type { Detection } from '../detection.ts';
import { touchesEdge } from '../tracking/box.ts';
import type { Track } from '../tracking/track.ts';
import { type ColourName, judgeBody } from './body-colour.ts';
import type { BodyLook } from './body-samples.ts';
import { type GroundSpeed, groundLength, groundSpeed } from './ground-motion.ts';
import type { GroundPlane } from './ground-plane.ts';
import { travelDirection } from './travel-direction.ts';

/** What is told of a vehicle beside its type and plate. Nothing of this kind exists for persons. */
export interface VehicleAttributes {
  readonly vehicleColour: VehicleSighting['vehicleColour'] | undefined;
  readonly direction: TravelDirection | undefined;
  readonly speed: GroundSpeed | undefined;
  readonly lengthMetres: number | undefined;
}

/** What a picture counts for in which the frame cuts the vehicle. */
const CUT_WEIGHT = 0.3;
/** Below this a colour is named `unknown`. */
const SURE_ENOUGH = 0.5;

/** Judges the paint of one vehicle over all its pictures: large, whole and sure ones count most. */
export class PaintVote {
  readonly #scores = new Map<ColourName, number>();
  #weight = 0;

  /** @param widthPx of the vehicle in its picture */
  add(look: BodyLook, { box, score }: Detection, widthPx: number): void {
    const weight = Math.sqrt(widthPx) * score * (touchesEdge(box) ? CUT_WEIGHT : 1);
    for (const [name, share] of judgeBody(look)) {
      this.#scores.set(name, (this.#scores.get(name) ?? 0) + share * weight);
    }
    this.#weight += weight;
  }

  /** `unknown` where too little was seen, or it speaks for several colours. */
  get result(): NonNullable<VehicleSighting['vehicleColour']> {
    const [best] = [...this.#scores].toSorted((a, b) => b[1] - a[1]);
    if (!best || this.#weight === 0) return { name: 'unknown', confidence: 0 };
    const confidence = best[1] / this.#weight;
    return { name: confidence >= SURE_ENOUGH ? best[0] : 'unknown', confidence: Number(confidence.toFixed(3)) };
  }
}

/** @param aspect width by height of the picture */
export function attributesOf(
  track: Track,
  paint: PaintVote | undefined,
  plane: GroundPlane | undefined,
  aspect: number,
): VehicleAttributes {
  const path = track.path;
  return {
    vehicleColour: paint?.result,
    direction: travelDirection(path, aspect),
    speed: plane && groundSpeed(path, plane),
    lengthMetres: plane && groundLength(track.label, path, plane),
  };
}

/** A box in 0..1 of the frame, origin top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The only things that detectors may report. No attribute of a person beyond 'a person' exists anywhere. */
export const OBJECT_LABELS = ['person', 'bicycle', 'car', 'motorcycle', 'bus', 'truck', 'van'] as const;
export type ObjectLabel = (typeof OBJECT_LABELS)[number];
export const VEHICLE_LABELS: readonly ObjectLabel[] = ['car', 'bus', 'truck', 'van', 'motorcycle'];

/** One box in one frame. */
export interface Detection {
  readonly label: ObjectLabel;
  /** 0..1 */
  readonly score: number;
  readonly box: Box;
}

export type PlateColour = 'blue' | 'green' | 'yellow' | 'white' | 'black' | 'unknown';

/**
 * What sort of plate a text is on. two_row: a standard plate in two rows; a trailer's or learner's in two rows is still that.
 * generic: letters and digits by no form of mainland China.
 */
export type PlateKind =
  | 'standard'
  | 'new_energy'
  | 'two_row'
  | 'trailer'
  | 'learner'
  | 'hong_kong_macau'
  | 'consular'
  | 'police'
  | 'military'
  | 'generic';

export interface PlateCandidate {
  readonly text: string;
  /** 0..1 */
  readonly confidence: number;
}

/** One plate as read in one frame. */
export interface PlateReading extends PlateCandidate {
  readonly kind: PlateKind;
  readonly colour: PlateColour;
  /** How clearly its strokes stand out, 0..1; see `plateSharpness`. */
  readonly sharpness: number;
  /** Of police and army: `text` is empty. marked: that there is such a plate is told; refused: nothing is. */
  readonly withheld?: 'marked' | 'refused';
  /** Of the plate in the whole frame. */
  readonly box: Box;
  /** Index into the frame's detections of the vehicle it hangs on; undefined when found in the whole picture. */
  readonly vehicleIndex: number | undefined;
  /** Next best readings, best first, without the chosen one. */
  readonly alternatives: readonly PlateCandidate[];
  /** Of each character of `text`, 0..1. */
  readonly characterConfidences: readonly number[];
}

/** What a model shall tell of a picture: an item of the hygiene catalogue, and where in the picture it matters. */
export interface WantedHygiene {
  readonly item: string;
  /** Corners in 0..1; empty: the whole picture. */
  readonly zone: readonly { readonly x: number; readonly y: number }[];
}

/** What a model told of one place in one frame: of a head, of hands, of a zone. Nothing of whose they are. */
export interface HygieneReading {
  readonly item: string;
  readonly state: 'violation' | 'fine' | 'unknown';
  /** Of the violation, 0..1. */
  readonly score: number;
  /** Of the contrary, 0..1; what both leave of 1 speaks for neither. */
  readonly fineScore: number;
  /** What was looked at. */
  readonly box: Box;
  /** Where the person stands; undefined when the zone itself was looked at. */
  readonly personBox: Box | undefined;
}

/** Why the state of an item cannot be told from a picture. */
export type UnknownCause =
  | 'no reference picture'
  | 'no opening hours'
  | 'learning'
  | 'dark'
  /** Persons, or something else, hide what matters. */
  | 'covered'
  /** The camera was covered or turned away. */
  | 'view lost';

/** State of one hygiene item in one frame, before judgement over time. */
export interface HygieneObservation {
  readonly item: string;
  readonly ruleId: string | undefined;
  readonly state: 'violation' | 'fine' | 'unknown';
  /** 0..1 */
  readonly score: number;
  readonly box: Box;
  /** Of a violation that many pictures tell together, though none of them alone: since when. It needs no further grace time. */
  readonly sinceMs?: number;
  /** Only of `unknown`. */
  readonly because?: UnknownCause;
}

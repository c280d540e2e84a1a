/** 0..1 of the frame, origin top left. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Point = readonly [x: number, y: number];
export type ObjectType = 'car' | 'bus' | 'truck' | 'person';

export interface TruthPlate {
  text: string;
  box: Box;
  /** Width in pixels of the clip: what decides whether a reader can be asked to read it. */
  widthPx: number;
}

export interface TruthObject {
  id: number;
  type: ObjectType;
  /** The visible part of the frame only: cut at its edges. */
  box: Box;
  /** Share of `box` hidden behind nearer objects and trees, 0..1. */
  occludedRatio: number;
  /** Share of the whole object that lies outside the frame, 0..1. */
  cutRatio: number;
  /** Where the middle of a vehicle stands on the ground: x and z of the scene, metres. */
  ground?: readonly [x: number, z: number];
  /** Present while the plate faces the camera and nothing nearer covers it. */
  plate?: TruthPlate;
}

/** As the page reports it: what never changes of a vehicle comes with every frame. */
export interface SeenObject extends TruthObject {
  colour?: string;
  lengthM?: number;
}

export interface TruthFrame {
  index: number;
  timeMs: number;
  /** Nearest to the camera first. */
  objects: TruthObject[];
}

export interface Line {
  name: string;
  points: readonly [Point, Point];
}

export interface Zone {
  name: string;
  polygon: readonly Point[];
}

export interface TruthCrossing {
  line: string;
  id: number;
  timeMs: number;
  /** As seen by someone who stands on the line's first point and looks at its second. */
  direction: 'left_to_right' | 'right_to_left';
}

export interface TruthVehicle {
  id: number;
  type: ObjectType;
  plate: string;
  /** Of its paint. */
  colour?: string;
  lengthM?: number;
  firstMs: number;
  lastMs: number;
  /** Longest unbroken time its plate was at least 100 px wide and free. */
  plateReadableMs: number;
}

export interface Violation {
  item: 'no_head_cover' | 'bin_open' | 'flame_unattended';
  zone: string;
  fromMs: number;
  toMs: number;
  /** The person concerned, where there is one. */
  id?: number;
}

/** A point of the picture, and where it lies on the ground of the scene. */
export interface GroundMark {
  picture: Point;
  ground: readonly [x: number, z: number];
}

export interface SceneTruth {
  scene: string;
  seed: number;
  widthPx: number;
  heightPx: number;
  fps: number;
  durationMs: number;
  zones: readonly Zone[];
  lines: readonly Line[];
  /** Four corners of a rectangle on the road, where there is a road. */
  groundMarks?: readonly GroundMark[];
  violations: readonly Violation[];
  crossings: TruthCrossing[];
  vehicles: TruthVehicle[];
  frames: TruthFrame[];
}

/** What a scene says about itself before the first frame. */
export interface SceneDescription {
  zones: readonly Zone[];
  lines: readonly Line[];
  groundMarks?: readonly GroundMark[];
  violations: readonly Violation[];
}

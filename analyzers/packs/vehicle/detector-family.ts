import type { Box, ObjectLabel } from '../../detection.ts';
import type { Letterbox } from '../../imaging/letterbox.ts';
import type { Tensor } from '../../onnx/onnx-session.ts';

/** One thing that a network found, by a label of whoever asked. */
export interface Found<L extends string> {
  readonly label: L;
  /** 0..1 */
  readonly score: number;
  /** In 0..1 of the picture. */
  readonly box: Box;
}

/** What is known when a network's output is turned into boxes. */
export interface DecodeContext<L extends string = ObjectLabel> {
  /** Of the input tensor. */
  readonly size: Letterbox;
  /** How the picture lies in it. */
  readonly fit: Letterbox;
  /** By index of the network's classes; undefined: dropped. */
  readonly labels: readonly (L | undefined)[];
  /** Least score of what is given out. */
  readonly leastScore: Readonly<Record<L, number>>;
}

/** An output as the manifest promises it; -1 where any number will do. */
export interface ExpectedOutput {
  readonly layer: string;
  readonly shape: readonly number[];
}

/** How networks of one make give their answer. */
export interface DetectorFamily {
  /** For an input of this size, in the order in which `decode` takes them. */
  expectedOutputs(size: Letterbox): readonly ExpectedOutput[];
  /** @returns boxes in 0..1 of the picture, best first, one for each thing */
  decode<L extends string>(outputs: readonly Tensor[], context: DecodeContext<L>): Found<L>[];
}

export function lowestScore<L extends string>({ leastScore }: DecodeContext<L>): number {
  return Math.min(...Object.values<number>(leastScore));
}

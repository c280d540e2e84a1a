import { boxFromLetterbox } from '../../imaging/letterbox.ts';
import { suppressNonMaxima } from '../../imaging/non-max-suppression.ts';
import type { YoloxManifest } from '../../models/network-manifest.ts';
import type { Tensor } from '../../onnx/onnx-session.ts';
import { type DecodeContext, type DetectorFamily, type Found, lowestScore } from './detector-family.ts';
import { suppressionGroup } from './suppression-group.ts';

const DEFAULT_STRIDES: readonly number[] = [8, 16, 32];
/** Centre x, y, width, height, objectness; then a value for each class. */
const VALUES_BEFORE_CLASSES = 5;
const SUPPRESSION_OVERLAP = 0.45;

/** Networks that give a box for every cell of several grids. */
export function yoloxFamily({ outputs, classes, boxes, strides: given }: YoloxManifest): DetectorFamily {
  const strides = given ?? DEFAULT_STRIDES;
  return {
    expectedOutputs: ({ widthPx, heightPx }) => {
      const cells = strides.reduce((sum, stride) => sum + (widthPx / stride) * (heightPx / stride), 0);
      return [{ layer: outputs.cells, shape: [1, cells, VALUES_BEFORE_CLASSES + classes.length] }];
    },
    decode: ([cells], context) => (cells ? decodeYolox(cells, { ...context, boxes, strides }) : []),
  };
}

/**
 * Cells of the grids as boxes.
 * @param output float32 [1,cells,5 + classes], grid after grid, row by row; scores are probabilities already
 */
export function decodeYolox<L extends string>(
  output: Tensor,
  context: DecodeContext<L> & Pick<YoloxManifest, 'boxes'> & { readonly strides: readonly number[] },
): Found<L>[] {
  const { data } = output;
  const { size, fit, labels, leastScore, boxes, strides } = context;
  const least = lowestScore(context);
  const values = VALUES_BEFORE_CLASSES + labels.length;
  const found: Found<L>[] = [];
  let at = 0;
  for (const stride of strides) {
    const [columns, rows] = [size.widthPx / stride, size.heightPx / stride];
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++, at += values) {
        const objectness = data[at + 4] as number;
        if (objectness < least) continue;
        const best = highestOf(data, at + VALUES_BEFORE_CLASSES, labels.length);
        const label = labels[best];
        const score = objectness * (data[at + VALUES_BEFORE_CLASSES + best] ?? 0);
        if (label === undefined || score < leastScore[label]) continue;
        const [a = 0, b = 0, c = 0, d = 0] = data.subarray(at, at + 4);
        const [x, y, width, height] =
          boxes === 'pixels'
            ? [a, b, c, d]
            : [(a + column) * stride, (b + row) * stride, Math.exp(c) * stride, Math.exp(d) * stride];
        const box = boxFromLetterbox(fit, x - width / 2, y - height / 2, x + width / 2, y + height / 2);
        if (box.width > 0 && box.height > 0) found.push({ label, score, box });
      }
  }
  return suppressNonMaxima(found, SUPPRESSION_OVERLAP, (item) => suppressionGroup(item.label));
}

/** Where the highest of `count` values is: of all classes, so that what is most of all a train never counts as a bus. */
function highestOf(data: Float32Array, from: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if ((data[from + k] as number) > (data[from + best] as number)) best = k;
  return best;
}

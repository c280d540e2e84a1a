import { boxFromLetterbox } from '../../imaging/letterbox.ts';
import { suppressNonMaxima } from '../../imaging/non-max-suppression.ts';
import type { RtDetrManifest } from '../../models/network-manifest.ts';
import type { Tensor } from '../../onnx/onnx-session.ts';
import type { DecodeContext, DetectorFamily, Found } from './detector-family.ts';
import { suppressionGroup } from './suppression-group.ts';

/** Queries are meant to differ; what is left is the same vehicle under two names. */
const SUPPRESSION_OVERLAP = 0.7;

/** Networks that answer with a fixed number of queries, each of them a box or nothing. */
export function rtDetrFamily({ outputs, classes }: RtDetrManifest): DetectorFamily {
  if ('logits' in outputs)
    return {
      expectedOutputs: () => [
        { layer: outputs.logits, shape: [1, -1, classes.length] },
        { layer: outputs.boxes, shape: [1, -1, 4] },
      ],
      decode: ([logits, boxes], context) => (logits && boxes ? decodeQueries(logits, boxes, context) : []),
    };
  return {
    expectedOutputs: () => [
      { layer: outputs.labels, shape: [1, -1] },
      { layer: outputs.boxes, shape: [1, -1, 4] },
      { layer: outputs.scores, shape: [1, -1] },
    ],
    decode: ([labels, boxes, scores], context) =>
      labels && boxes && scores ? decodeFinished(labels, boxes, scores, context) : [],
  };
}

/**
 * @param logits float32 [1,queries,classes], before the sigmoid
 * @param boxes float32 [1,queries,4]: centre x, y, width, height in 0..1 of the tensor
 */
export function decodeQueries<L extends string>(logits: Tensor, boxes: Tensor, context: DecodeContext<L>): Found<L>[] {
  const classes = context.labels.length;
  const found: Found<L>[] = [];
  for (let query = 0; query * classes < logits.data.length; query++) {
    const values = logits.data.subarray(query * classes, (query + 1) * classes);
    let best = 0;
    for (let k = 1; k < classes; k++) if ((values[k] ?? 0) > (values[best] ?? 0)) best = k;
    const score = 1 / (1 + Math.exp(-(values[best] ?? 0)));
    const [x = 0, y = 0, width = 0, height = 0] = boxes.data.subarray(query * 4, query * 4 + 4);
    const { widthPx, heightPx } = context.size;
    const corners = [x - width / 2, y - height / 2, x + width / 2, y + height / 2] as const;
    take(
      found,
      best,
      score,
      [corners[0] * widthPx, corners[1] * heightPx, corners[2] * widthPx, corners[3] * heightPx],
      context,
    );
  }
  return suppressNonMaxima(found, SUPPRESSION_OVERLAP, ({ label }) => suppressionGroup(label));
}

/**
 * @param labels [1,queries], class indices
 * @param boxes float32 [1,queries,4]: left, top, right, bottom in pixels of the tensor
 * @param scores float32 [1,queries], 0..1
 */
export function decodeFinished<L extends string>(
  labels: Tensor,
  boxes: Tensor,
  scores: Tensor,
  context: DecodeContext<L>,
): Found<L>[] {
  const found: Found<L>[] = [];
  for (const [query, score] of scores.data.entries()) {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.data.subarray(query * 4, query * 4 + 4);
    take(found, labels.data[query] ?? -1, score, [left, top, right, bottom], context);
  }
  return suppressNonMaxima(found, SUPPRESSION_OVERLAP, ({ label }) => suppressionGroup(label));
}

function take<L extends string>(
  found: Found<L>[],
  classIndex: number,
  score: number,
  [left, top, right, bottom]: readonly [number, number, number, number],
  { labels, leastScore, fit }: DecodeContext<L>,
): void {
  const label = labels[classIndex];
  if (label === undefined || !(score >= leastScore[label])) return;
  const box = boxFromLetterbox(fit, left, top, right, bottom);
  if (box.width > 0 && box.height > 0) found.push({ label, score, box });
}

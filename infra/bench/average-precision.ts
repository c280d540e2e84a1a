import { overlap } from '#analyzers/imaging/non-max-suppression.ts';
import type { Box } from '#analyzers/detection.ts';

export interface ScoredBox {
  readonly score: number;
  readonly box: Box;
}

/**
 * Average precision at overlap 0.5 over many pictures: the area under precision over recall, precision made monotonic
 * (as COCO does, without its 101-point rounding). A box that matches a true box which a better one matched is wrong.
 *
 * @returns 0..1; 0 without true boxes
 */
export function averagePrecision50(
  pictures: readonly { readonly found: readonly ScoredBox[]; readonly truth: readonly Box[] }[],
): number {
  const truths = pictures.reduce((sum, { truth }) => sum + truth.length, 0);
  const judged = pictures.flatMap(({ found, truth }) => {
    const taken = new Set<Box>();
    return found
      .toSorted((a, b) => b.score - a.score)
      .map(({ score, box }) => {
        const best = truth
          .filter((candidate) => !taken.has(candidate))
          .map((candidate) => ({ candidate, shared: overlap(candidate, box) }))
          .toSorted((a, b) => b.shared - a.shared)[0];
        const right = best !== undefined && best.shared >= 0.5;
        if (right) taken.add(best.candidate);
        return { score, right };
      });
  });
  let right = 0;
  const curve = judged
    .toSorted((a, b) => b.score - a.score)
    .map((item, index) => {
      if (item.right) right++;
      return { recall: right / truths, precision: right / (index + 1) };
    });
  let area = 0;
  let ceiling = 0;
  for (const [index, { recall, precision }] of [...curve.entries()].toReversed()) {
    ceiling = Math.max(ceiling, precision);
    area += (recall - (curve[index - 1]?.recall ?? 0)) * ceiling;
  }
  return truths === 0 ? 0 : area;
}

/** An answer with how sure it was, and whether it was right. */
export interface JudgedAnswer {
  /** 0..1 */
  readonly confidence: number;
  readonly isRight: boolean;
}

/** Answers of about the same confidence. */
export interface ReliabilityBin {
  /** Confidences from this one (included) to that (excluded, but for 1). */
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly meanConfidence: number;
  readonly accuracy: number;
}

/** Finer where what is stored as sure is told from the rest. */
const EDGES = [0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1];

/** How often answers are right, against how sure they were: in a well calibrated table both agree in each row. Empty rows are left out. */
export function reliabilityTable(answers: readonly JudgedAnswer[], edges: readonly number[] = EDGES): ReliabilityBin[] {
  return edges.slice(0, -1).flatMap((from, i) => {
    const to = edges[i + 1] ?? 1;
    const inside = answers.filter(({ confidence }) => confidence >= from && (confidence < to || to === 1));
    const n = inside.length;
    if (n === 0) return [];
    const meanConfidence = inside.reduce((sum, { confidence }) => sum + confidence, 0) / n;
    return [{ from, to, n, meanConfidence, accuracy: inside.filter(({ isRight }) => isRight).length / n }];
  });
}

/** Mean distance between confidence and accuracy over the rows, by their answers (expected calibration error). */
export function calibrationError(table: readonly ReliabilityBin[]): number {
  const total = table.reduce((sum, { n }) => sum + n, 0);
  return table.reduce(
    (sum, { n, meanConfidence, accuracy }) => sum + (n / total) * Math.abs(meanConfidence - accuracy),
    0,
  );
}

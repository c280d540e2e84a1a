/** Below this the reader was not sure of a character; the chip underlines it. */
const doubtBelow = 0.8;

export interface PlateRun {
  readonly text: string;
  readonly isDoubtful: boolean;
}

/**
 * Cuts a plate into runs of sure and doubtful characters. Characters without a confidence of their own count as sure,
 * unless the whole plate's confidence is all there is.
 */
export function plateRuns(text: string, characterConfidences: readonly number[]): PlateRun[] {
  const runs: PlateRun[] = [];
  Array.from(text).forEach((character, index) => {
    const isDoubtful = (characterConfidences[index] ?? 1) < doubtBelow;
    const last = runs.at(-1);
    if (last && last.isDoubtful === isDoubtful) runs[runs.length - 1] = { text: last.text + character, isDoubtful };
    else runs.push({ text: character, isDoubtful });
  });
  return runs;
}

/** Upper case, half width, without blanks and the dot; `？`, `＊` and `_` become the wildcards `?`, `*`. */
export function normalisePlateQuery(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s·•.-]/g, '')
    .replaceAll('_', '?')
    .slice(0, 16);
}

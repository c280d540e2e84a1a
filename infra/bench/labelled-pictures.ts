import { readFile } from 'node:fs/promises';
import path from 'node:path';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { OBJECT_LABELS } from '#analyzers/detection.ts';
import { benchErrors } from './errors.ts';

const FILE = 'labels.json';
const Labels = Type.Array(
  Type.Object({
    image: Type.String(),
    boxes: Type.Array(
      Type.Object({
        label: Type.Union(OBJECT_LABELS.map((label) => Type.Literal(label))),
        x: Type.Number(),
        y: Type.Number(),
        width: Type.Number(),
        height: Type.Number(),
      }),
    ),
  }),
);

/**
 * What is on the pictures of a folder, by its `labels.json`; boxes in 0..1 of the picture.
 * @throws {AppError} `BENCH_DATA_UNUSABLE`
 */
export async function readLabels(folder: string): Promise<Static<typeof Labels>> {
  let labels: unknown;
  try {
    labels = JSON.parse(await readFile(path.join(folder, FILE), 'utf8'));
  } catch (cause) {
    throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: FILE }, cause);
  }
  if (!Value.Check(Labels, labels)) throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: FILE });
  return labels;
}

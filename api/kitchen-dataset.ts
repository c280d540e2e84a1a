import sharp from 'sharp';
import type { LabelledViolation } from '#storage/kitchen/labelled-violations.ts';
import type { Box } from './contract/common.ts';
import type { DatasetLabel } from './contract/kitchen-learning.ts';
import { TAR_END, tarEntry } from './tar.ts';

/** Around the violation on each side, in shares of its box. */
const MARGIN = 0.25;

/**
 * An archive of the crops and their labels, made as it is sent. Crops come from pictures as they are stored, with heads as unrecognisable as
 * they are there; a violation whose picture is gone is counted, not exported.
 */
export async function* kitchenDataset(
  violations: AsyncIterable<LabelledViolation>,
  deps: { picture(key: string): Promise<Uint8Array | undefined>; readonly nowMs: number },
): AsyncGenerator<Buffer> {
  const labels: DatasetLabel[] = [];
  let withoutPicture = 0;
  for await (const violation of violations) {
    const jpeg = await deps.picture(violation.pictureKey);
    const crop = jpeg && (await cropOf(jpeg, violation.box));
    if (!crop) {
      withoutPicture += 1;
      continue;
    }
    const label = labelOf(violation, crop.box);
    labels.push(label);
    yield tarEntry(label.file, crop.jpeg, violation.openedAtMs);
  }
  const lines = labels.map((label) => `${JSON.stringify(label)}\n`).join('');
  yield tarEntry('labels.jsonl', Buffer.from(lines), deps.nowMs);
  const about = { examples: labels.length, withoutPicture, pictures: 'as stored' };
  yield tarEntry('dataset.json', Buffer.from(`${JSON.stringify(about)}\n`), deps.nowMs);
  yield TAR_END;
}

function labelOf(violation: LabelledViolation, box: Box): DatasetLabel {
  const { item, itemVersion, label, reason, score, cameraId } = violation;
  return {
    file: `crops/${violation.violationId}.jpg`,
    ...{ item, itemVersion, label, score, box, kitchen: cameraId },
    ...(reason === undefined ? {} : { reason }),
    day: new Date(violation.openedAtMs).toISOString().slice(0, 10),
  };
}

/** @returns undefined when it is no picture, or nothing of it lies in the box */
async function cropOf(jpeg: Uint8Array, box: Box): Promise<{ readonly jpeg: Buffer; readonly box: Box } | undefined> {
  try {
    const picture = sharp(jpeg);
    const { width: fullWidth, height: fullHeight } = await picture.metadata();
    const left = Math.max(0, Math.floor((box.x - box.width * MARGIN) * fullWidth));
    const top = Math.max(0, Math.floor((box.y - box.height * MARGIN) * fullHeight));
    const right = Math.min(fullWidth, Math.ceil((box.x + box.width * (1 + MARGIN)) * fullWidth));
    const bottom = Math.min(fullHeight, Math.ceil((box.y + box.height * (1 + MARGIN)) * fullHeight));
    const [width, height] = [right - left, bottom - top];
    if (width < 1 || height < 1) return undefined;
    return {
      jpeg: await picture.extract({ left, top, width, height }).jpeg({ quality: 90 }).toBuffer(),
      box: {
        x: (box.x * fullWidth - left) / width,
        y: (box.y * fullHeight - top) / height,
        width: (box.width * fullWidth) / width,
        height: (box.height * fullHeight) / height,
      },
    };
  } catch {
    return undefined;
  }
}

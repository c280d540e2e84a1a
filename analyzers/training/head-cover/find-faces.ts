import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { silentLog } from '#infra/runtime/logger.ts';
import { decodePicture } from '../../imaging/scale.ts';
import { ModelRegistry } from '../../models/model-registry.ts';
import { FaceMaskFinder } from '../../packs/kitchen/face-mask-finder.ts';

/**
 * Writes where the face is in each training picture, so that the training can cut heads as a kitchen's camera shows
 * them: `{"with_mask/0001.jpg": [x, y, width, height], …}` in 0..1 of the picture, the largest face of each; pictures
 * in which none is found are left out. What the downloaded network says of masks is not used.
 */
const { values } = parseArgs({
  options: { data: { type: 'string' }, out: { type: 'string' }, mirror: { type: 'string', default: '' } },
});
const { data, out, mirror } = values;
if (data === undefined || out === undefined) {
  process.stderr.write(
    'usage: node analyzers/training/head-cover/find-faces.ts --data FOLDER --out faces.json [--mirror FOLDER]\n',
  );
  process.exit(2);
}
const LEAST_SCORE = 0.5;
const finder = await FaceMaskFinder.open(new ModelRegistry({ folder: '', mirror, log: silentLog }));
const boxes: Record<string, readonly number[]> = {};
let pictures = 0;
for (const folder of ['with_mask', 'without_mask']) {
  for (const name of (await readdir(path.join(data, folder))).toSorted()) {
    const picture = await decodePicture(path.join(data, folder, name));
    const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
    const found = await finder.find(picture, whole, LEAST_SCORE);
    const [largest] = found.toSorted((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
    pictures++;
    if (!largest) continue;
    const { x, y, width, height } = largest.box;
    boxes[`${folder}/${name}`] = [x, y, width, height].map((value) => Math.round(value * 1e4) / 1e4);
  }
}
await finder.close();
await writeFile(out, JSON.stringify(boxes));
process.stdout.write(`${Object.keys(boxes).length} of ${pictures} pictures have a face that was found\n`);

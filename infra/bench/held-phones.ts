import path from 'node:path';
import sharp from 'sharp';
import type { Box } from '#analyzers/detection.ts';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import { isFinderManifest } from '#analyzers/models/finder-manifest.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { HygieneFinder } from '#analyzers/packs/kitchen/hygiene-finder.ts';
import { handsRegion } from '#analyzers/packs/kitchen/person-region.ts';
import type { Picture } from '#analyzers/packs/model-pack.ts';
import { wilsonInterval } from '#storage/kitchen/item-statistics.ts';
import { seededRandom } from './degrade-picture.ts';
import { judgeOf } from './item-judge.ts';
import { readLabels } from './labelled-pictures.ts';

const ITEM = 'phone_in_hand';
/** A phone's length, of the height of a grown person. */
const LENGTH_SHARE = 0.09;
/** Where hands hold it, of the person's box from above. */
const HEIGHT_SHARES = [0.3, 0.45] as const;
const MOST_TURNED_DEG = 35;
const JPEG_QUALITY = 80;
/** Lying, leaning or cut persons: where their hands are nobody knows. */
const MOST_PROPORTION = 0.9;

interface Tally {
  found: number;
  n: number;
}

/**
 * Real persons of labelled pictures, once as they are and once with a drawn phone and hand before the body: how many of
 * the phones are found, and how often one is found where none was drawn. Made pictures: real phones look otherwise.
 * @param folder with `labels.json` and its pictures
 * @throws {AppError} `BENCH_DATA_UNUSABLE`, `MODEL_*`
 */
export async function measureHeldPhones(options: {
  readonly task: string;
  readonly folder: string;
  readonly registry: ModelRegistry;
}) {
  const { task, folder, registry } = options;
  const labels = await readLabels(folder);
  const manifest = await judgeOf(registry, ITEM, isFinderManifest);
  const finder = await HygieneFinder.open(registry, manifest);
  const random = seededRandom(1);
  const drawn: Tally = { found: 0, n: 0 };
  const plain: Tally = { found: 0, n: 0 };
  const misses: { truth: string; read: string }[] = [];
  try {
    for (const { image, boxes } of labels) {
      const picture = await decodePicture(path.join(folder, image));
      for (const person of boxes.filter(({ label }) => label === 'person')) {
        const region = handsRegion(person, picture);
        if (Math.min(region.width, region.height) < manifest.minRegionPx) continue;
        plain.n++;
        const { state, score } = await finder.find(picture, [region], ITEM);
        if (state === 'violation') {
          plain.found++;
          misses.push({ truth: `${image}: no phone drawn`, read: `a phone, ${score.toFixed(2)}` });
        }
        const proportion = (person.width * picture.widthPx) / (person.height * picture.heightPx);
        if (proportion > MOST_PROPORTION) continue;
        drawn.n++;
        const held = await withPhone(picture, person, random);
        const again = await finder.find(held, [region], ITEM);
        if (again.state === 'violation') drawn.found++;
      }
    }
  } finally {
    await finder.close();
  }
  const { low, high } = wilsonInterval(drawn.found, drawn.n);
  return {
    result: {
      task,
      model: manifest.id,
      minRegionPx: manifest.minRegionPx,
      phonesDrawn: drawn.n,
      found: drawn.found,
      recall: drawn.found / drawn.n,
      low95: low,
      high95: high,
      personsAsTheyAre: plain.n,
      foundWithoutOneDrawn: plain.found,
    },
    misses,
  };
}

async function withPhone(picture: Picture, person: Box, random: () => number): Promise<Picture> {
  const { widthPx, heightPx } = picture;
  const lengthPx = LENGTH_SHARE * person.height * heightPx;
  const sidePx = Math.ceil(2 * lengthPx);
  const [upper, lower] = HEIGHT_SHARES;
  const x = (person.x + person.width * (0.35 + 0.3 * random())) * widthPx;
  const y = (person.y + person.height * (upper + (lower - upper) * random())) * heightPx;
  const turnedDeg = (2 * random() - 1) * MOST_TURNED_DEG;
  const phone = await sharp(Buffer.from(drawing(sidePx, turnedDeg, 0.6 + 0.4 * random())))
    .png()
    .toBuffer();
  const pixels = { raw: { width: widthPx, height: heightPx, channels: 3 as const } };
  const place = (middle: number, limit: number): number =>
    Math.max(0, Math.min(limit - sidePx, Math.round(middle - sidePx / 2)));
  const jpeg = await sharp(picture.pixels, pixels)
    .composite([{ input: phone, left: place(x, widthPx), top: place(y, heightPx) }])
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
  return decodePicture(jpeg);
}

/** A phone with a lit screen in a hand, seen from the front. @param light 0..1, of screen and skin */
function drawing(sidePx: number, turnedDeg: number, light: number): string {
  const tone = (...channels: number[]): string => `rgb(${channels.map((value) => Math.round(value * light)).join()})`;
  const [skin, screen, page] = [tone(224, 176, 150), tone(160, 188, 212), tone(236, 240, 244)];
  const finger = (y: number): string => `<ellipse cx="25.6" cy="${y}" rx="1.5" ry="1.6" fill="${skin}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${sidePx}" height="${sidePx}" viewBox="0 0 40 40">
    <g transform="rotate(${turnedDeg} 20 20)">
      <path d="M12 40Q10 28 14 24L28 24Q30 30 27 40Z" fill="${skin}"/>
      <rect x="15" y="10" width="10.2" height="20" rx="1.6" fill="rgb(22,22,26)"/>
      <rect x="15.8" y="11.6" width="8.6" height="16.6" fill="${screen}"/>
      <rect x="16.4" y="13" width="7.4" height="5" fill="${page}"/>
      <ellipse cx="15" cy="25" rx="1.7" ry="3.4" fill="${skin}"/>${finger(22)}${finger(25)}${finger(28)}
    </g></svg>`;
}

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { decodePicture } from '../../imaging/scale.ts';
import { ModelRegistry } from '../../models/model-registry.ts';
import { createDetector } from '../vehicle/vehicle-pack.ts';
import { createPlateReader } from './plate-pack.ts';
import { PlateRecogniser } from './plate-recogniser.ts';

/** Optional: real pictures beside the project. */
const PLATES = fileURLToPath(new URL('../../../../shared/data/plates/', import.meta.url));
const THERE = existsSync(PLATES);
const NOTE = THERE ? '' : ' (skipped: ../shared/data/plates is not here)';
const TIMEOUT_MS = 120_000;

/** Plates of the CCPD frames in the order of their names. */
const FRAMES: readonly string[] = [
  '苏CFY773',
  '皖AD22939',
  '皖AD14488',
  '皖AF05568',
  '皖AY6B59',
  '皖A0N718',
  '皖AXS887',
  '皖A158Y2',
  '皖AB112D',
  '皖AJ002E',
  '皖ALJ624',
  '皖APV930',
  '皖AWT614',
];

const registry = () => new ModelRegistry({ folder: '', mirror: '', log: silentLog });

describe('createPlateReader', () => {
  it.skipIf(!THERE)(
    `reads at least 11 of 13 plates in whole street pictures${NOTE}`,
    async () => {
      const detector = await createDetector({ registry: registry(), choice: 'auto', threshold: 0.3 });
      const reader = await createPlateReader({ registry: registry() });
      const names = (await readdir(path.join(PLATES, 'frames'))).toSorted();
      expect(names).toHaveLength(FRAMES.length);
      const misread: string[] = [];
      for (const [i, name] of names.entries()) {
        const picture = await decodePicture(path.join(PLATES, 'frames', name));
        const [plate] = await reader.read(picture, await detector.detect(picture));
        if (plate?.text !== FRAMES[i]) misread.push(`${FRAMES[i]} as ${plate?.text}`);
        if (plate?.text.length === 8) expect(plate.colour).toBe('green');
      }
      await Promise.all([detector.close(), reader.close()]);
      expect(misread.length, misread.join(', ')).toBeLessThanOrEqual(2);
    },
    TIMEOUT_MS,
  );

  it('finds no plate in a picture of nothing', async () => {
    const reader = await createPlateReader({ registry: registry() });
    const picture = { pixels: new Uint8Array(320 * 192 * 3).fill(90), widthPx: 320, heightPx: 192 };
    expect(await reader.read(picture, [])).toEqual([]);
    await reader.close();
  });
});

describe('PlateRecogniser', () => {
  it.skipIf(!THERE)(
    `reads at least 57 of 60 crops, and knows when it is unsure${NOTE}`,
    async () => {
      const recogniser = await PlateRecogniser.open(registry());
      const names = (await readdir(path.join(PLATES, 'crops'))).toSorted().filter((_, i) => i % 17 === 0);
      let right = 0;
      for (const name of names) {
        const truth = name.split(/[-_.]/)[0];
        const plate = await recogniser.readCrop(await decodePicture(path.join(PLATES, 'crops', name)));
        if (plate?.text === truth) right++;
        else expect(plate?.confidence ?? 0, `${truth} as ${plate?.text}`).toBeLessThan(0.95);
        expect(plate?.characterConfidences.length).toBe(plate?.text.length);
      }
      await recogniser.close();
      expect(right / names.length).toBeGreaterThanOrEqual(0.95);
    },
    TIMEOUT_MS,
  );
});

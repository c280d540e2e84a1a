import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import type { PlateKind, PlateReading } from '../../detection.ts';
import { decodePicture } from '../../imaging/scale.ts';
import { ModelRegistry } from '../../models/model-registry.ts';
import { hasPlateFont, type RenderedPlate, renderPlate } from '../../testing/rendered-plates.ts';
import type { Picture } from '../model-pack.ts';
import { createDetector } from '../vehicle/vehicle-pack.ts';
import { createPlateReader, type PlateReaderOptions } from './plate-pack.ts';
import { PlateRecogniser } from './plate-recogniser.ts';

/** Optional: real pictures beside the project. */
const PLATES = fileURLToPath(new URL('../../../../shared/data/plates/', import.meta.url));
const THERE = existsSync(PLATES);
const NOTE = THERE ? '' : ' (skipped: ../shared/data/plates is not here)';
const TIMEOUT_MS = 120_000;
const HAS_FONT = hasPlateFont();
const FONT_NOTE = HAS_FONT ? '' : ' (skipped: the font Noto Sans CJK SC is not installed)';

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
    `finds 13 of 13 plates in whole street pictures and reads at least 12${NOTE}`,
    async () => {
      const detector = await createDetector({ registry: registry(), choice: 'auto', threshold: 0.3 });
      const reader = await createPlateReader({ registry: registry() });
      const names = (await readdir(path.join(PLATES, 'frames'))).toSorted();
      expect(names).toHaveLength(FRAMES.length);
      const misread: string[] = [];
      let found = 0;
      for (const [i, name] of names.entries()) {
        const picture = await decodePicture(path.join(PLATES, 'frames', name));
        const [plate] = await reader.read(picture, await detector.detect(picture));
        if (plate) found++;
        if (plate?.text !== FRAMES[i]) misread.push(`${FRAMES[i]} as ${plate?.text}`);
        if (plate?.text.length === 8) expect(plate.colour).toBe('green');
      }
      await Promise.all([detector.close(), reader.close()]);
      expect(found).toBe(FRAMES.length);
      expect(misread.length, misread.join(', ')).toBeLessThanOrEqual(1);
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
    `reads at least 58 of 59 crops, and knows when it is unsure${NOTE}`,
    async () => {
      const recogniser = await PlateRecogniser.open(registry());
      const names = (await readdir(path.join(PLATES, 'crops'))).toSorted().filter((_, i) => i % 17 === 0);
      let right = 0;
      for (const name of names) {
        const truth = name.split(/[-_.]/)[0];
        const plate = await recogniser.readCrop(await decodePicture(path.join(PLATES, 'crops', name)));
        if (plate?.text === truth) right++;
        else expect(plate?.confidence ?? 0, `${truth} as ${plate?.text}`).toBeLessThan(0.9);
        expect(plate?.characterConfidences.length).toBe(plate?.text.length);
        const others = plate?.alternatives.map(({ confidence }) => confidence) ?? [];
        expect(others.reduce((sum, confidence) => sum + confidence, plate?.confidence ?? 0)).toBeLessThanOrEqual(1);
      }
      await recogniser.close();
      expect(right).toBeGreaterThanOrEqual(names.length - 1);
    },
    TIMEOUT_MS,
  );
});

/** Drawn, not photographed: they show that forms, rows and policy hold from picture to reading, not how well real ones are read. */
const RENDERED: readonly (RenderedPlate & { readonly kind: PlateKind })[] = [
  { rows: ['皖A12345'], colour: 'blue', kind: 'standard' },
  { rows: ['京AD12345'], colour: 'green', kind: 'new_energy' },
  { rows: ['京A86420F'], colour: 'green', kind: 'new_energy' },
  { rows: ['皖A1234学'], colour: 'yellow', kind: 'learner' },
  { rows: ['沪B5678挂'], colour: 'yellow', kind: 'trailer' },
  { rows: ['粤Z1F23港'], colour: 'black', kind: 'hong_kong_macau' },
  { rows: ['粤Z5678澳'], colour: 'black', kind: 'hong_kong_macau' },
  { rows: ['沪A0023领'], colour: 'black', kind: 'consular' },
  { rows: ['使014578'], colour: 'black', kind: 'consular' },
  { rows: ['皖A1234警'], colour: 'white', kind: 'police' },
  { rows: ['VA12345'], colour: 'white', kind: 'military' },
  { rows: ['WJ京12345'], colour: 'white', kind: 'military' },
  { rows: ['皖A', '12345'], colour: 'yellow', kind: 'two_row' },
  { rows: ['苏C', 'D1234'], colour: 'yellow', kind: 'two_row' },
  { rows: ['豫B', '6789挂'], colour: 'yellow', kind: 'trailer' },
];

/** A plate hung in the middle of a plain grey picture. */
function hung(plate: Picture): Picture {
  const [widthPx, heightPx] = [640, 384];
  const pixels = new Uint8Array(widthPx * heightPx * 3).fill(70);
  const left = (widthPx - plate.widthPx) >> 1;
  const top = (heightPx - plate.heightPx) >> 1;
  for (let y = 0; y < plate.heightPx; y++)
    pixels.set(
      plate.pixels.subarray(y * plate.widthPx * 3, (y + 1) * plate.widthPx * 3),
      ((top + y) * widthPx + left) * 3,
    );
  return { pixels, widthPx, heightPx };
}

async function readHung(plate: RenderedPlate, options: Partial<PlateReaderOptions>): Promise<PlateReading | undefined> {
  const reader = await createPlateReader({ registry: registry(), ...options });
  const [reading] = await reader.read(hung(await renderPlate(plate)), []);
  await reader.close();
  return reading;
}

describe('plates of every kind, rendered', () => {
  it.skipIf(!HAS_FONT)(
    `reads each with its kind and colour${FONT_NOTE}`,
    async () => {
      const recogniser = await PlateRecogniser.open(registry());
      for (const { rows, colour, kind } of RENDERED) {
        const plate = await recogniser.readCrop(await renderPlate({ rows, colour }));
        expect(plate).toMatchObject({ text: rows.join(''), kind, colour });
      }
      await recogniser.close();
    },
    TIMEOUT_MS,
  );

  it.skipIf(!HAS_FONT)(
    `finds a plate in two rows in a picture${FONT_NOTE}`,
    async () => {
      const reading = await readHung({ rows: ['皖A', 'B2345'], colour: 'yellow' }, {});
      expect(reading).toMatchObject({ text: '皖AB2345', kind: 'two_row', colour: 'yellow' });
    },
    TIMEOUT_MS,
  );

  it.skipIf(!HAS_FONT)(
    `gives a police plate by policy only: not at all, without its text, or whole${FONT_NOTE}`,
    async () => {
      const police: RenderedPlate = { rows: ['皖A1234警'], colour: 'white' };
      expect(await readHung(police, {})).toMatchObject({ text: '', kind: 'police', withheld: 'refused' });
      expect(await readHung(police, { officialVehicles: 'mark' })).toMatchObject({ text: '', withheld: 'marked' });
      const read = await readHung(police, { officialVehicles: 'read' });
      expect(read).toMatchObject({ text: '皖A1234警', kind: 'police' });
      expect(read).not.toHaveProperty('withheld');
    },
    TIMEOUT_MS,
  );

  it.skipIf(!HAS_FONT)(
    `reads letters and digits alone with the generic grammar${FONT_NOTE}`,
    async () => {
      const foreign: RenderedPlate = { rows: ['WOB7416'], colour: 'white' };
      expect(await readHung(foreign, { grammar: 'generic' })).toMatchObject({ text: 'WOB7416', kind: 'generic' });
      const chinese: RenderedPlate = { rows: ['皖A12345'], colour: 'blue' };
      expect(await readHung(chinese, { grammar: 'both' })).toMatchObject({ text: '皖A12345', kind: 'standard' });
    },
    TIMEOUT_MS,
  );
});

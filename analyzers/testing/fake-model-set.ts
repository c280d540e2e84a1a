import { setTimeout as delay } from 'node:timers/promises';
import type { PlateReading } from '../detection.ts';
import type { ModelManifest, Picture } from '../packs/model-pack.ts';
import type { ModelSet } from '../pool/analyzer-messages.ts';

/** Models for tests of the pool: a picture's first pixel says what to do with it. */
export const FAKE_ORDERS = { find: 0, throwError: 1, exitThread: 2, slow: 3 } as const;

const manifest: ModelManifest = {
  id: 'fake',
  task: 'object-detection',
  title: 'Fake',
  source: 'this test',
  licence: 'Apache-2.0',
  sha256: '',
  measured: 'nothing',
};

async function obey({ pixels }: Picture): Promise<void> {
  const order = pixels[0] ?? 0;
  if (order === FAKE_ORDERS.throwError) throw new Error('the fake model was told to fail');
  if (order === FAKE_ORDERS.exitThread) process.exit(3);
  if (order === FAKE_ORDERS.slow) await delay(100);
}

const reading: PlateReading = {
  text: '京A12345',
  kind: 'standard',
  confidence: 0.95,
  colour: 'blue',
  sharpness: 0.8,
  box: { x: 0.35, y: 0.5, width: 0.1, height: 0.03 },
  vehicleIndex: 0,
  alternatives: [],
  characterConfidences: [],
};

export async function openModelSet(): Promise<ModelSet> {
  return {
    detector: {
      manifest,
      async detect(picture) {
        await obey(picture);
        return [
          { label: 'person', score: 0.9, box: { x: 0.8, y: 0.1, width: 0.1, height: 0.3 } },
          { label: 'car', score: 0.8, box: { x: 0.3, y: 0.3, width: 0.4, height: 0.3 } },
        ];
      },
    },
    plateReader: {
      async read(_picture, vehicles) {
        return vehicles.length === 0 ? [{ ...reading, vehicleIndex: undefined }] : [reading];
      },
    },
    async close() {
      // Nothing to let go.
    },
  };
}

import { createLogger } from '#infra/runtime/logger.ts';
import { ModelRegistry } from '../models/model-registry.ts';
import { HygieneModels } from '../packs/kitchen/hygiene-models.ts';
import { createDetector } from '../packs/vehicle/vehicle-pack.ts';
import type { PlateReader } from '../packs/model-pack.ts';
import type { ModelSet, ModelSetOptions } from './analyzer-messages.ts';

/** The models of one thread, loaded. @throws {AppError} `MODEL_*` */
export async function openModelSet(options: ModelSetOptions): Promise<ModelSet> {
  const log = createLogger({ level: 'warn', pretty: false });
  const registry = new ModelRegistry({
    folder: options.modelFolder,
    mirror: options.modelMirror,
    packFolder: options.packFolder,
    log,
  });
  const detector = await createDetector({
    registry,
    choice: options.detector,
    threshold: options.detectionThreshold,
  });
  const plateReader = options.readPlates ? await openPlateReader(registry, options) : undefined;
  const hygieneReader = new HygieneModels({ registry, confirmMasks: options.confirmMasks === true, log });
  return {
    detector,
    plateReader,
    hygieneReader,
    async close() {
      await detector.close();
      await hygieneReader.close();
      await plateReader?.close();
    },
  };
}

/** The plate pack is imported only where plates are read. */
async function openPlateReader(
  registry: ModelRegistry,
  { platesInWholePicture, officialVehicles, plateGrammar, homeProvince }: ModelSetOptions,
): Promise<PlateReader & { close(): Promise<void> }> {
  const { createPlateReader } = await import('../packs/plate/plate-pack.ts');
  return createPlateReader({
    registry,
    wholePicture: platesInWholePicture === true ? 'when-needed' : 'never',
    ...(officialVehicles === undefined ? {} : { officialVehicles }),
    ...(plateGrammar === undefined ? {} : { grammar: plateGrammar }),
    ...(homeProvince === undefined ? {} : { homeProvince }),
  });
}

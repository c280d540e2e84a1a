import { type Detection, VEHICLE_LABELS } from '../detection.ts';
import type { Picture } from '../packs/model-pack.ts';
import { dropDuplicates } from '../tracking/association.ts';
import { overlapOf } from '../tracking/box.ts';
import type { AnalysisJob, AnalysisResult, ModelSet, PlateRequest } from './analyzer-messages.ts';
import { keepWatched } from './watched-regions.ts';

/** From this overlap on a vehicle is the one whose plate is known. */
const SAME_VEHICLE_OVERLAP = 0.35;

/**
 * Finds what is in a picture and stands where it counts; in a kitchen judges the items, on a road reads the plates, that
 * were asked for.
 */
export async function analysePicture(
  models: ModelSet,
  picture: Picture,
  job: Pick<AnalysisJob, 'plates' | 'regions' | 'secondLook' | 'hygiene'>,
): Promise<AnalysisResult> {
  const { plates, regions, secondLook } = job;
  const startMs = performance.now();
  const found = await models.detector.detect(picture, secondLook);
  const detections = keepWatched(dropDuplicates(found), regions);
  const detectMs = performance.now() - startMs;
  const hygiene =
    job.hygiene && job.hygiene.length > 0 ? await models.hygieneReader?.read(picture, detections, job.hygiene) : [];
  const readMs = () => performance.now() - startMs - detectMs;
  const withoutPlates = { detections, plates: [], vehiclesRead: [], hygiene, detectMs };
  if (!plates || !models.plateReader) return { ...withoutPlates, readMs: readMs() };

  const { wide, toRead } = vehiclesToRead(detections, picture.widthPx, plates);
  if (toRead.length === 0 && (wide > 0 || !plates.wholePicture)) {
    return { ...withoutPlates, readMs: readMs() };
  }
  const vehicles = toRead.flatMap((index) => detections[index] ?? []);
  const readings = await models.plateReader.read(picture, vehicles);
  return {
    detections,
    plates: readings.map((reading) => ({
      ...reading,
      vehicleIndex: reading.vehicleIndex === undefined ? undefined : toRead[reading.vehicleIndex],
    })),
    vehiclesRead: toRead,
    hygiene,
    detectMs,
    readMs: readMs(),
  };
}

function vehiclesToRead(
  detections: readonly Detection[],
  widthPx: number,
  { minVehicleWidthPx, maxVehicles, skip }: PlateRequest,
): { readonly wide: number; readonly toRead: readonly number[] } {
  const wide = detections
    .map((detection, index) => ({ detection, index }))
    .filter(({ detection }) => VEHICLE_LABELS.includes(detection.label))
    .filter(({ detection }) => detection.box.width * widthPx >= minVehicleWidthPx)
    .sort((a, b) => b.detection.box.width - a.detection.box.width);
  const toRead = wide
    .filter(({ detection }) => !skip.some((box) => overlapOf(box, detection.box) >= SAME_VEHICLE_OVERLAP))
    .slice(0, maxVehicles)
    .map(({ index }) => index);
  return { wide: wide.length, toRead };
}

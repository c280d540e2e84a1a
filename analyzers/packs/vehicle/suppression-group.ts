import { VEHICLE_LABELS } from '../../detection.ts';

const FOUR_WHEELED: ReadonlySet<string> = new Set(VEHICLE_LABELS.filter((label) => label !== 'motorcycle'));

/** A van is often found as car, truck and bus at once: four-wheeled vehicles suppress each other, whatever their label. */
export function suppressionGroup(label: string): string {
  return FOUR_WHEELED.has(label) ? 'vehicle' : label;
}

import { type ObjectLabel, VEHICLE_LABELS } from '../../detection.ts';

/** A van is often found as car, truck and bus at once: four-wheeled vehicles suppress each other, whatever their label. */
export function suppressionGroup(label: ObjectLabel): string {
  return VEHICLE_LABELS.includes(label) && label !== 'motorcycle' ? 'vehicle' : label;
}

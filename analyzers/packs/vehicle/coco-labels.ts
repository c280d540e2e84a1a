import { type ObjectLabel, VEHICLE_LABELS } from '../../detection.ts';

/** COCO classes (of 80) that may leave a detector; every other class is dropped before anything else sees it. */
export const COCO_LABELS: readonly (readonly [classIndex: number, label: ObjectLabel])[] = [
  [0, 'person'],
  [1, 'bicycle'],
  [2, 'car'],
  [3, 'motorcycle'],
  [5, 'bus'],
  [7, 'truck'],
];

/** A van is often found as car, truck and bus at once: four-wheeled vehicles suppress each other, whatever their label. */
export function suppressionGroup(label: ObjectLabel): string {
  return VEHICLE_LABELS.includes(label) && label !== 'motorcycle' ? 'vehicle' : label;
}

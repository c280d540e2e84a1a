import type { PlateKind, PlateReading } from '../../detection.ts';

/**
 * What is done with plates of police and army.
 * - read: like any other
 * - mark: that such a plate was seen is kept, without its text
 * - refuse: nothing of it is kept
 */
export type OfficialVehicles = 'read' | 'mark' | 'refuse';

export function isOfficial(kind: PlateKind): boolean {
  return kind === 'police' || kind === 'military';
}

/** The reading as it may be told to others: without text, where it is of an official vehicle and the policy says so. */
export function withholdOfficial(reading: PlateReading, policy: OfficialVehicles): PlateReading {
  if (policy === 'read' || !isOfficial(reading.kind)) return reading;
  return {
    ...reading,
    text: '',
    alternatives: [],
    characterConfidences: [],
    withheld: policy === 'mark' ? 'marked' : 'refused',
  };
}

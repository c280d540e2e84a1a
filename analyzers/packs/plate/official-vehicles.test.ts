import { describe, expect, it } from 'vitest';
import type { PlateReading } from '../../detection.ts';
import { withholdOfficial } from './official-vehicles.ts';

const reading: PlateReading = {
  text: '皖A1234警',
  kind: 'police',
  confidence: 0.9,
  colour: 'white',
  sharpness: 0.8,
  box: { x: 0.1, y: 0.1, width: 0.1, height: 0.05 },
  vehicleIndex: 0,
  alternatives: [{ text: '皖A1284警', confidence: 0.05 }],
  characterConfidences: [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9],
};

describe('withholdOfficial', () => {
  it('leaves other plates as they are, whatever the policy', () => {
    const civil: PlateReading = { ...reading, text: '皖A12345', kind: 'standard' };
    expect(withholdOfficial(civil, 'refuse')).toBe(civil);
  });

  it('gives police and army like any other where that is the policy', () => {
    expect(withholdOfficial(reading, 'read')).toBe(reading);
  });

  it.each([
    ['mark', 'marked'],
    ['refuse', 'refused'],
  ] as const)('keeps no character with %s', (policy, withheld) => {
    for (const kind of ['police', 'military'] as const) {
      const told = withholdOfficial({ ...reading, kind }, policy);
      expect(told).toMatchObject({ kind, withheld, text: '', alternatives: [], characterConfidences: [] });
      expect(JSON.stringify(told)).not.toContain('1234');
    }
  });
});

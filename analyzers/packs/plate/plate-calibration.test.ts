import { describe, expect, it } from 'vitest';
import { calibratedConfidence } from './plate-calibration.ts';

describe('calibratedConfidence', () => {
  it('grows with the odds against other texts and with how much of the picture the text explains', () => {
    const at = (logOdds: number, logPerCharacter: number) => calibratedConfidence({ logOdds, logPerCharacter });
    expect(at(5, -0.1)).toBeGreaterThan(at(1, -0.1));
    expect(at(5, -0.1)).toBeGreaterThan(at(5, -0.8));
    expect(at(8, -0.01)).toBeGreaterThan(0.98);
    expect(at(0, -1.5)).toBeLessThan(0.1);
  });

  it('stays between 0 and 1 whatever comes', () => {
    for (const logOdds of [Number.NEGATIVE_INFINITY, -1e9, 0, 1e9, 745])
      for (const logPerCharacter of [Number.NEGATIVE_INFINITY, -40, 0]) {
        const confidence = calibratedConfidence({ logOdds, logPerCharacter });
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThan(1);
      }
  });
});

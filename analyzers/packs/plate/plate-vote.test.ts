import { describe, expect, it } from 'vitest';
import type { PlateReading } from '../../detection.ts';
import { voteOnPlate } from './plate-vote.ts';

function ballot(text: string, confidence: number, widthPx: number, extra: Partial<PlateReading> = {}) {
  const reading: PlateReading = {
    text,
    kind: 'standard',
    confidence,
    colour: 'blue',
    sharpness: 1,
    box: { x: 0, y: 0, width: 0.1, height: 0.03 },
    vehicleIndex: 0,
    alternatives: [],
    characterConfidences: Array.from(text, () => confidence),
    ...extra,
  };
  return { reading, widthPx };
}

describe('voteOnPlate', () => {
  it('has no answer without readings', () => {
    expect(voteOnPlate([])).toBeUndefined();
  });

  it('lets one sharp reading beat two blurred ones', () => {
    const evidence = voteOnPlate([
      ballot('皖A12846', 0.4, 50),
      ballot('皖A12846', 0.4, 50),
      ballot('皖A12345', 0.97, 140),
    ]);
    expect(evidence).toMatchObject({ text: '皖A12345', framesRead: 3, framesAgreeing: 1 });
    expect(evidence?.alternatives[0]?.text).toBe('皖A12846');
  });

  it('counts what a frame thought second', () => {
    const second = { alternatives: [{ text: '皖A12345', confidence: 0.45 }] };
    const evidence = voteOnPlate([
      ballot('皖A1234S', 0.5, 120, second),
      ballot('皖A12346', 0.5, 120, second),
      ballot('皖A12345', 0.5, 120),
    ]);
    expect(evidence?.text).toBe('皖A12345');
  });

  it('grows surer with every frame that agrees, and never quite certain', () => {
    const once = voteOnPlate([ballot('皖A12345', 0.8, 120)]);
    const often = voteOnPlate(Array.from({ length: 20 }, () => ballot('皖A12345', 0.8, 120)));
    expect(once?.confidence).toBeCloseTo(0.8);
    expect(often!.confidence).toBeGreaterThan(0.95);
    expect(often!.confidence).toBeLessThan(1);
  });

  it('knows which character is in doubt', () => {
    const evidence = voteOnPlate([ballot('皖A12345', 0.9, 120), ballot('皖A12346', 0.6, 120)]);
    const confidences = evidence!.characterConfidences;
    expect(confidences).toHaveLength(7);
    expect(Math.min(...confidences)).toBe(confidences[6]);
    expect(confidences[0]).toBeGreaterThan(confidences[6]!);
  });

  it('takes the colour that most of the weight saw', () => {
    const evidence = voteOnPlate([
      ballot('京AD12345', 0.9, 120, { colour: 'green' }),
      ballot('京AD12345', 0.9, 40, { colour: 'blue' }),
      ballot('京AD12345', 0.9, 120, { colour: 'unknown' }),
    ]);
    expect(evidence?.colour).toBe('green');
  });
});

describe('voteOnPlate on sharpness and kinds', () => {
  it('lets a sharp reading beat a blurred one of the same size', () => {
    const evidence = voteOnPlate([
      ballot('皖A12846', 0.7, 120, { sharpness: 0.2 }),
      ballot('皖A12345', 0.7, 120, { sharpness: 0.9 }),
    ]);
    expect(evidence?.text).toBe('皖A12345');
  });

  it('keeps the kind of the winner', () => {
    const evidence = voteOnPlate([ballot('皖A1234挂', 0.9, 120, { kind: 'trailer' }), ballot('皖A12344', 0.3, 120)]);
    expect(evidence).toMatchObject({ text: '皖A1234挂', kind: 'trailer' });
  });

  it('has alternatives that sum to at most one with the text', () => {
    const alternatives = [{ text: '皖A12346', confidence: 0.2 }];
    const evidence = voteOnPlate([
      ballot('皖A12345', 0.7, 120, { alternatives }),
      ballot('皖A12345', 0.6, 90, { alternatives }),
    ]);
    const sum = evidence!.alternatives.reduce((total, { confidence }) => total + confidence, evidence!.confidence);
    expect(sum).toBeLessThanOrEqual(1);
    expect(evidence!.alternatives[0]?.text).toBe('皖A12346');
  });

  it('tells nothing of a refused plate, and of a marked one all but the text, although a frame misread it', () => {
    const hidden = (withheld: 'refused' | 'marked') =>
      ballot('', 0.9, 120, { kind: 'police', withheld, colour: 'white', characterConfidences: [] });
    const misread = ballot('皖A12344', 0.4, 60);
    expect(voteOnPlate([hidden('refused'), hidden('refused'), misread])).toBeUndefined();
    expect(voteOnPlate([hidden('marked'), hidden('marked'), misread])).toMatchObject({
      text: '',
      kind: 'police',
      alternatives: [],
      characterConfidences: [],
      framesAgreeing: 2,
    });
    const civil = voteOnPlate([hidden('refused'), ballot('皖A12345', 0.95, 120), ballot('皖A12345', 0.95, 120)]);
    expect(civil?.text).toBe('皖A12345');
    expect(civil?.alternatives.some(({ text }) => text === '')).toBe(false);
  });
});

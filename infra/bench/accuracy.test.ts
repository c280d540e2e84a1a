import { describe, expect, it } from 'vitest';
import { averagePrecision50 } from './average-precision.ts';
import { plateBoxOfCcpdName, plateOfCcpdName, plateOfCropName } from './plate-truth.ts';

const box = (x: number) => ({ x, y: 0, width: 0.1, height: 0.1 });

describe('averagePrecision50', () => {
  it('is one when all is found and nothing else is', () => {
    expect(averagePrecision50([{ found: [{ score: 0.9, box: box(0) }], truth: [box(0)] }])).toBe(1);
  });

  it('loses what is missed', () => {
    expect(averagePrecision50([{ found: [{ score: 0.9, box: box(0) }], truth: [box(0), box(0.5)] }])).toBe(0.5);
  });

  it('counts a second box on the same thing as wrong, and a wrong box of high score most', () => {
    const right = { score: 0.8, box: box(0) };
    const twice = [right, { score: 0.7, box: box(0.001) }];
    expect(averagePrecision50([{ found: twice, truth: [box(0)] }])).toBe(1);
    const before = [{ score: 0.9, box: box(0.5) }, right];
    expect(averagePrecision50([{ found: before, truth: [box(0)] }])).toBe(0.5);
  });
});

describe('truth in file names', () => {
  it('reads the plate out of a CCPD name, of seven and of eight characters', () => {
    expect(plateOfCcpdName('0089224137931-92_85-368&433_515&496-516&498_369&484-0_0_22_30_1_29_33-134-36.jpg')).toBe(
      '皖AY6B59',
    );
    expect(plateOfCcpdName('00463-90_268-329&567_450&602-450&602-0_0_3_26_26_33_27_33-176-28.jpg')).toBe('皖AD22939');
    expect(plateOfCcpdName('holiday.jpg')).toBeUndefined();
  });

  it('reads where the plate is out of a CCPD name', () => {
    const name = '0089224137931-92_85-368&433_515&496-516&498_369&484-0_0_22_30_1_29_33-134-36.jpg';
    expect(plateBoxOfCcpdName(name)).toEqual({ left: 368, top: 433, right: 515, bottom: 496 });
    expect(plateBoxOfCcpdName('holiday.jpg')).toBeUndefined();
  });

  it('reads the plate of a crop up to the first mark', () => {
    expect(['皖A12345.jpg', '皖A12345-2.jpg', '皖A12345_b.png'].map(plateOfCropName)).toEqual(
      Array(3).fill('皖A12345'),
    );
  });
});

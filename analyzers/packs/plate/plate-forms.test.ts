import { describe, expect, it } from 'vitest';
import { PlateGrammar } from './plate-forms.ts';

const china = new PlateGrammar('china');

describe('PlateGrammar', () => {
  it.each([
    ['皖A12345', 'standard'],
    ['皖AD0G12', 'standard'],
    ['皖A1234学', 'learner'],
    ['皖A1234挂', 'trailer'],
    ['京AD12345', 'new_energy'],
    ['京AKB2345', 'new_energy'],
    ['京A12345D', 'new_energy'],
    ['粤Z1234港', 'hong_kong_macau'],
    ['粤Z12B4澳', 'hong_kong_macau'],
    ['沪A0023领', 'consular'],
    ['使014578', 'consular'],
    ['皖A1234警', 'police'],
    ['VA12345', 'military'],
    ['WJ京12345', 'military'],
  ])('%s is %s', (text, kind) => {
    expect(china.kindsOfText(text)).toEqual([kind]);
  });

  it.each(['皖AF0A123', '皖A1234', '皖I12345', '皖AO2345', 'A123456', '皖Z1234港', '京AL12345', '京A1234D5X'])(
    '%s is none',
    (text) => {
      expect(china.kindsOfText(text)).toEqual([]);
    },
  );

  it('knows what can still become a plate', () => {
    const state = china.next(china.next(china.start, 0, '粤'), 1, 'Z');
    expect(state).not.toBe(0);
    expect(china.next(china.start, 0, '警')).toBe(0);
    expect(china.kindsOf(state, 2)).toEqual([]);
  });

  it('takes 4 to 10 letters and digits of other countries', () => {
    const generic = new PlateGrammar('generic');
    expect(['B0I1', 'WOB1234', 'ABCDE12345'].map((text) => generic.kindsOfText(text))).toEqual(
      Array(3).fill(['generic']),
    );
    expect(['AB1', 'ABCDE123456', '皖A12345'].map((text) => generic.kindsOfText(text))).toEqual(Array(3).fill([]));
  });

  it('has both where both are asked for', () => {
    const both = new PlateGrammar('both');
    expect(both.kindsOfText('皖A12345')).toEqual(['standard']);
    expect(both.kindsOfText('VA12345')).toEqual(['military', 'generic']);
  });
});

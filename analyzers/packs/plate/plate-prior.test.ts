import { describe, expect, it } from 'vitest';
import { type PlateContext, plateLogPrior } from './plate-prior.ts';

const seen = (context: Partial<PlateContext> = {}): PlateContext => ({
  colour: 'unknown',
  rows: 1,
  homeProvince: '',
  ...context,
});

describe('plateLogPrior', () => {
  it('speaks for eight characters on green and seven on blue', () => {
    const eight = (colour: PlateContext['colour']) => plateLogPrior('皖AD12345', 'new_energy', seen({ colour }));
    const seven = (colour: PlateContext['colour']) => plateLogPrior('皖AD1234', 'standard', seen({ colour }));
    expect(eight('green') - seven('green')).toBeGreaterThan(2);
    expect(seven('blue') - eight('blue')).toBeGreaterThan(2);
    expect(eight('unknown')).toBe(seven('unknown'));
  });

  it('believes in plates of the army on white ground only', () => {
    const army = (colour: PlateContext['colour']) => plateLogPrior('VA12345', 'military', seen({ colour }));
    expect(army('white')).toBeGreaterThan(army('blue') + 5);
  });

  it('takes back what the recogniser expects of digits, for two letters and no more', () => {
    const of = (text: string) => plateLogPrior(text, 'standard', seen({ colour: 'blue' }));
    expect(of('皖AD1234')).toBeGreaterThan(of('皖A01234'));
    expect(of('皖ADQ123')).toBeGreaterThan(of('皖AD0123'));
    expect(of('皖ADQG12')).toBeLessThan(of('皖ADQ612'));
  });

  it('holds rare forms of new-energy plates for rarer', () => {
    const of = (text: string) => plateLogPrior(text, 'new_energy', seen({ colour: 'green' }));
    expect(of('皖AD12345')).toBeGreaterThan(of('皖AK12345'));
    expect(of('皖AD12345') - of('皖AAD2345')).toBeGreaterThan(0);
    expect(plateLogPrior('皖AD12345', 'new_energy', seen({ rows: 2 }))).toBeLessThan(of('皖AD12345') - 3);
  });

  it('expects the home province only where one was set', () => {
    const of = (text: string, homeProvince: string) => plateLogPrior(text, 'standard', seen({ homeProvince }));
    expect(of('皖A12345', '')).toBe(of('鄂A12345', ''));
    expect(of('皖A12345', '皖')).toBeGreaterThan(of('鄂A12345', '皖') + 3);
  });
});

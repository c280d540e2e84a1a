import { expect, test } from 'vitest';
import { fileName } from './download.ts';

test.each([
  [`attachment; filename="a.csv"; filename*=UTF-8''%E8%BF%87%E8%BD%A6.csv`, '过车.csv'],
  ['attachment; filename="vantage-sightings.csv"', 'vantage-sightings.csv'],
  [`attachment; filename="a.csv"; filename*=UTF-8''%E8%`, 'a.csv'],
  ['attachment', 'sightings.csv'],
  [null, 'sightings.csv'],
])('names the file of %s', (disposition, name) => expect(fileName(disposition, 'sightings.csv')).toBe(name));

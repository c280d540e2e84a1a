import { expect, test } from 'vitest';
import { columns, fittingColumns, initialSettings, parseTableSettings } from './table-settings.ts';

test('reads back what was written, and takes the beginning where nothing fits', () => {
  const settings = {
    columns: ['name', 'state'],
    sort: { key: 'bitrate', isDescending: true },
    filter: 'status=offline',
  };
  expect(parseTableSettings(JSON.stringify(settings))).toEqual(settings);
  expect(parseTableSettings('')).toEqual(initialSettings);
  expect(parseTableSettings('[]')).toEqual(initialSettings);
  expect(parseTableSettings('{"columns":["gone","size"],"sort":{"key":"gone"},"filter":7}')).toEqual({
    columns: ['name', 'size'],
    sort: initialSettings.sort,
    filter: '',
  });
});

test('leaves out the least needed columns until the rest can be read', () => {
  expect(fittingColumns(columns, 2000)).toEqual(columns);
  expect(fittingColumns(columns, 420)).toEqual(['name', 'state']);
  expect(fittingColumns(columns, 800)).toContain('recording');
  expect(fittingColumns(['state'], 900)).toEqual(['name', 'state']);
});

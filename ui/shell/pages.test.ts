import { expect, test } from 'vitest';
import { homePath, pagesFor } from './pages.ts';

test('shows only pages that the permissions open', () => {
  expect(pagesFor(['wall.view', 'recording.view']).map((page) => page.id)).toEqual(['wall', 'playback']);
  expect(pagesFor(['watchlist.manage']).map((page) => page.id)).toEqual(['alerts']);
  expect(pagesFor([])).toEqual([]);
});

test('lands on the page of the role, or on the first one allowed', () => {
  expect(homePath('inspector', ['wall.view', 'kitchen.review'])).toBe('/kitchens');
  expect(homePath('inspector', ['wall.view'])).toBe('/wall');
  expect(homePath('auditor', [])).toBeUndefined();
});

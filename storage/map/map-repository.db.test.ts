import { expect, inject, test } from 'vitest';
import { openTestStorage } from '../testing/test-database.ts';

test('a layer and a setting come back as they were put, and can be replaced', async () => {
  const { storage, close } = await openTestStorage(inject('databaseUrl'));
  try {
    expect(await storage.map.get()).toEqual({ type: 'FeatureCollection', features: [] });
    expect(await storage.settings.get('demo')).toBeUndefined();
    for (const name of ['一环路', '二环路']) {
      const layer = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { name } }] } as const;
      await storage.map.put(layer);
      await storage.settings.put('demo', [name, 1]);
      expect(await storage.map.get()).toEqual(layer);
      expect(await storage.settings.get('demo')).toEqual([name, 1]);
    }
    expect(await storage.isReachable()).toBe(true);
  } finally {
    await close();
  }
});

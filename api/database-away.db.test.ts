import { once } from 'node:events';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { encodeMarkedVideo } from '#ingest/frames/testing/marked-video.ts';
import { StreamHub } from '#ingest/hub/stream-hub.ts';
import { type DatabaseProxy, openDatabaseProxy } from '#storage/testing/database-proxy.ts';
import { sampleSighting } from '#storage/testing/sample-events.ts';
import { openTestApp, type TestApp } from './testing/test-app.ts';

let proxy: DatabaseProxy;
let fixture: TestApp;
let origin: string;
const sighting = sampleSighting();

beforeAll(async () => {
  proxy = await openDatabaseProxy(inject('databaseUrl'));
  fixture = await openTestApp(proxy.url);
  const hub = new StreamHub();
  fixture.cameras.hubs.set('cam-1', hub);
  for (const unit of encodeMarkedVideo({ widthPx: 320, heightPx: 192, frames: 5, firstNumber: 0, gop: 5 }))
    hub.publish(unit);
  await fixture.storage.eventSink.emit(sighting, [{ key: sighting.pictureKey, jpeg: Buffer.from('the picture') }]);
  await fixture.storage.writer.drain();
  fixture.storage.writer.start();
  origin = await fixture.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await proxy.restore();
  await fixture.close();
  await proxy.close();
});

function get(path: string): Promise<Response> {
  const headers = { cookie: fixture.cookie('investigator') };
  return fetch(`${origin}${path}`, { headers, signal: AbortSignal.timeout(20_000) });
}

function search(): Promise<Response> {
  return fetch(`${origin}/api/sightings/search`, {
    method: 'POST',
    headers: { cookie: fixture.cookie('investigator'), 'content-type': 'application/json' },
    body: JSON.stringify({
      purpose: 'case 7',
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date().toISOString(),
    }),
    signal: AbortSignal.timeout(20_000),
  });
}

/** The first message of a new tile, and how long it took. */
async function openTile(cameraId = 'cam-1'): Promise<{ readonly type: string; readonly tookMs: number }> {
  const startedMs = performance.now();
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/live/fmp4?camera=${cameraId}`, {
    headers: { cookie: fixture.cookie('investigator'), origin },
  });
  const [data] = (await once(socket, 'message', { signal: AbortSignal.timeout(20_000) })) as [Buffer];
  socket.close();
  const { type } = JSON.parse(data.toString()) as { type: string };
  return { type, tookMs: performance.now() - startedMs };
}

test.each(['is gone', 'hangs'])(
  'while the database %s tiles, stills and pictures open, searches do not, and every look is in the log when it is back',
  async (how) => {
    const { storage } = fixture;
    expect((await get('/api/session')).status).toBe(200);
    const known = (await storage.audit.list({ limit: 500 })).length;
    if (how === 'hangs') proxy.hang();
    else await proxy.cut();

    const beganMs = Date.now();
    const tile = await openTile();
    expect(tile.type).toBe('start');
    expect(tile.tookMs).toBeLessThan(4000);
    expect((await openTile('none')).type).toBe('ended');
    expect((await get('/api/cameras/cam-1/still.jpg')).status).toBe(200);
    expect(await (await get(`/api/evidence/${sighting.pictureKey}`)).text()).toBe('the picture');
    const refused = search();
    if (how === 'is gone') {
      expect((await refused).status).toBe(503);
      expect((await (await search()).json()) as object).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    }
    expect(storage.writer.pendingCount()).toBeGreaterThanOrEqual(how === 'hangs' ? 2 : 3);
    const endedMs = Date.now();

    await proxy.restore();
    await refused;
    await vi.waitFor(() => expect(storage.writer.pendingCount()).toBe(0), { timeout: 20_000, interval: 100 });
    const looks = (await storage.audit.list({ limit: 500 }))
      .slice(0, -known || undefined)
      .filter(({ action }) => action !== 'sighting.search');
    expect(looks.map(({ action, target }) => [action, target]).toReversed()).toEqual([
      ['live.watch', 'cam-1'],
      // A second still within the minute is the same look.
      ...(how === 'is gone' ? [['live.still', 'cam-1']] : []),
      ['evidence.open', sighting.pictureKey],
    ]);
    for (const { username, timeMs } of looks) {
      expect(username).toBe('investigator');
      expect(timeMs).toBeGreaterThanOrEqual(beganMs);
      expect(timeMs).toBeLessThanOrEqual(endedMs);
    }
    expect(await storage.audit.verify()).toMatchObject({ isIntact: true });
  },
  90_000,
);

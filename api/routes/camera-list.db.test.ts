import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import type { CameraState } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import type { Camera } from '../contract/cameras.ts';
import { type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

const CAMERAS = 20_000;

let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
  await fixture.storage.cameras.create(
    sampleCamera({
      streams: [
        { kind: 'main', url: 'rtsp://192.0.2.1:554/Streaming/Channels/101' },
        { kind: 'sub', url: 'rtsp://192.0.2.1:554/Streaming/Channels/102' },
      ],
      onvif: {
        serviceUrl: 'http://192.0.2.1/onvif/device_service',
        main: { service: 'media2', token: 'Profile_1' },
        hasPtz: false,
        hasRecordings: true,
      },
    }),
    cameraId('city-0'),
  );
  await fillCity();
}, 120_000);
afterAll(() => fixture.close());

/** As many as a large city has, no two alike. */
async function fillCity(): Promise<void> {
  const client = new pg.Client({ connectionString: fixture.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ columns: string }>(
    "SELECT string_agg(column_name, ', ') AS columns FROM information_schema.columns WHERE table_name = 'cameras' " +
      "AND column_name NOT IN ('camera_id', 'name', 'number', 'streams', 'password_sealed')",
  );
  const others = rows[0]?.columns ?? '';
  await client.query(
    `INSERT INTO cameras (camera_id, name, number, streams, ${others}) ` +
      "SELECT gen_random_uuid()::text, 'Crossing ' || md5(n::text), 'N-' || n, " +
      "replace(streams::text, '192.0.2.1', '10.' || n / 65536 || '.' || n / 256 % 256 || '.' || n % 256)::jsonb, " +
      `${others} FROM cameras, generate_series(1, ${CAMERAS - 1}) AS n`,
  );
  await client.end();
}

test(`the list of ${CAMERAS} cameras crosses the network in less than 2 MB, and not at all when it is the same`, async () => {
  const state: CameraState = {
    cameraId: cameraId('x'),
    stream: 'main',
    status: 'live',
    sinceMs: Date.UTC(2026, 10, 1),
    errorCode: undefined,
    nextRetryMs: undefined,
    lastPacketMs: Date.UTC(2026, 10, 2),
    bitrateKbps: 0,
    framesPerSecond: 25,
    lossRatio: 0,
    widthPx: 2560,
    heightPx: 1440,
    codecString: 'hvc1.1.6.L150.B0',
    soundCodec: 'aac',
    transport: 'tcp',
  };
  let asked = 0;
  vi.spyOn(fixture.cameras, 'state').mockImplementation(() => ({ ...state, bitrateKbps: 1500 + (asked++ % CAMERAS) }));
  const plain = await request('operator', 'GET', '/api/cameras');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const list = plain.json<Camera[]>();
  expect(list).toHaveLength(CAMERAS);
  expect(list[0]?.state).toMatchObject({ codec: 'hvc1.1.6.L150.B0', sound: 'aac' });

  const packed = await request('operator', 'GET', '/api/cameras', { headers: { 'accept-encoding': 'br, gzip' } });
  expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
  expect(gunzipSync(packed.rawPayload).equals(plain.rawPayload)).toBe(true);
  console.log(`cameras: ${CAMERAS}, plain: ${plain.rawPayload.length} bytes, sent: ${packed.rawPayload.length} bytes`);
  expect(plain.rawPayload.length).toBeGreaterThan(10e6);
  expect(packed.rawPayload.length).toBeLessThan(2e6);

  const { etag } = packed.headers;
  expect(etag).toBe(plain.headers.etag);
  const same = await request('operator', 'GET', '/api/cameras', {
    headers: { 'if-none-match': `"x", ${String(etag)}` },
  });
  expect([same.statusCode, same.body]).toEqual([304, '']);
  vi.mocked(fixture.cameras.state).mockImplementation(() => ({ ...state, status: 'offline' }));
  const other = await request('operator', 'GET', '/api/cameras', { headers: { 'if-none-match': String(etag) } });
  expect(other.statusCode).toBe(200);
  expect(other.headers.etag).not.toBe(etag);
});

test('who does not want it compressed gets it plain; small answers and other routes are left alone', async () => {
  const ask = async (path: string, encoding: string) =>
    (await request('operator', 'GET', path, { headers: { 'accept-encoding': encoding } })).headers;
  expect(await ask('/api/cameras', 'gzip;q=0, identity')).not.toHaveProperty('content-encoding');
  const small = await ask('/api/cameras/city-0/history', 'gzip');
  expect(small).not.toHaveProperty('content-encoding');
  expect(small).not.toHaveProperty('etag');
});

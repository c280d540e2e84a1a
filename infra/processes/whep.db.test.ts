import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { encodeMarkedVideo } from '#ingest/frames/testing/marked-video.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { PlayingHub } from '#streaming/testing/playing-hub.ts';
import { Transcoder } from '#streaming/transcode/transcoder.ts';
import { CameraProducers } from '#streaming/webrtc/camera-producers.ts';
import type { MediaWorkers } from '#streaming/webrtc/media-workers.ts';
import type { LiveToken } from '#api/contract/live.ts';
import { problemOf, type Requester, requesterOf } from '#api/testing/requests.ts';
import { openTestApp, type TestApp } from '#api/testing/test-app.ts';
import { startRelayWorkers } from './testing/relay-workers.ts';

const PLAYER = new URL('../../e2e/peers/gst-whep-player.py', import.meta.url).pathname;
const WIDTH = 320;
const run = promisify(execFile);

let fixture: TestApp;
let request: Requester;
let workers: MediaWorkers;
let producers: CameraProducers;
let hub: PlayingHub;
let origin: string;

beforeAll(async () => {
  workers = await startRelayWorkers(1);
  fixture = await openTestApp(inject('databaseUrl'), {
    relay: (cameras) => {
      const transcoder = new Transcoder({ slots: 0, clock: systemClock, log: silentLog });
      producers = new CameraProducers({ source: cameras, transcoder, clock: systemClock, idleMs: 100 });
      return { workers, producers };
    },
  });
  fixture.storage.writer.start();
  request = requesterOf(fixture);
  hub = new PlayingHub(encodeMarkedVideo({ widthPx: WIDTH, heightPx: 192, frames: 25, gop: 25, firstNumber: 1 }));
  fixture.cameras.hubs.set('cam-1', hub);
  origin = await fixture.app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  hub.stop();
  await fixture.close();
  await workers.close();
});

async function tokenFor(cameraId: string, minutes?: number): Promise<LiveToken> {
  const body = { cameraId, ...(minutes === undefined ? {} : { minutes }) };
  const response = await request('operator', 'POST', '/api/live/tokens', { body });
  expect(response.statusCode).toBe(201);
  return response.json<LiveToken>();
}

/** An offer as a player writes it, with the changes of a test. */
function offerWith(change: (sdp: string) => string = (sdp) => sdp): string {
  const lines = [
    'v=0',
    'o=- 1 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=mid:0',
    'a=recvonly',
    'a=ice-ufrag:abcd',
    `a=ice-pwd:${'x'.repeat(24)}`,
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    'a=setup:actpass',
    'a=rtpmap:111 opus/48000/2',
    'm=video 9 UDP/TLS/RTP/SAVPF 96 99',
    'a=mid:1',
    'a=recvonly',
    'a=rtpmap:96 VP8/90000',
    'a=rtpmap:99 H264/90000',
    'a=fmtp:99 packetization-mode=1;profile-level-id=42e01f',
    'a=rtcp-fb:99 nack pli',
  ];
  return change(`${lines.join('\r\n')}\r\n`);
}

async function post(sdp: string, token: string, path = '/api/live/whep/cam-1') {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
  return await request(undefined, 'POST', path, { headers, body: sdp });
}

test("GStreamer plays a camera by its own payload type, and ends the session; the look is in the user's name", async () => {
  const { token, path } = await tokenFor('cam-1');
  const { stdout, stderr } = await run('/usr/bin/python3', [PLAYER, origin + path, token, '40'], { timeout: 60_000 });
  expect(JSON.parse(stdout), stderr).toMatchObject({ status: 201, widthPx: WIDTH, patch: 405, deleted: 200 });
  const { pictures, keyPictures } = JSON.parse(stdout) as { pictures: number; keyPictures: number };
  expect(pictures).toBeGreaterThanOrEqual(40);
  expect(keyPictures).toBeGreaterThan(0);
  await vi.waitFor(() => expect(producers.spread.size).toBe(0), { timeout: 5000 });
  expect(hub.isRead).toBe(false);
  await vi.waitFor(
    async () => {
      const [entry] = await fixture.storage.audit.list({ limit: 1 });
      expect(entry).toMatchObject({
        username: 'operator',
        action: 'live.watch',
        target: 'cam-1',
        detail: { way: 'whep' },
      });
    },
    { timeout: 10_000, interval: 100 },
  );
}, 90_000);

test('the answer takes the video alone, in the format that was offered, with every candidate in it', async () => {
  const { token } = await tokenFor('cam-1');
  const response = await post(offerWith(), token);
  expect(response.statusCode).toBe(201);
  expect(response.headers['content-type']).toMatch(/^application\/sdp/);
  const location = String(response.headers.location);
  expect(location).toMatch(/^\/api\/live\/whep\/cam-1\/[\w-]{20,}$/);
  const answer = response.body;
  expect(answer).toContain('m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n');
  expect(answer).toContain('m=video 9 UDP/TLS/RTP/SAVPF 99\r\n');
  expect(answer).toContain('a=group:BUNDLE 1\r\n');
  expect(answer).toContain('a=setup:passive\r\n');
  expect(answer).toContain('a=sendonly\r\n');
  expect(answer).toMatch(/a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host\r\n/);
  const headers = { authorization: `Bearer ${token}` };
  const other = await tokenFor('cam-1');
  expect((await request('administrator', 'DELETE', location)).statusCode).toBe(404);
  expect((await request(undefined, 'DELETE', location)).statusCode).toBe(401);
  // Another token of the same user is as good.
  expect(
    (await request(undefined, 'DELETE', location, { headers: { authorization: `Bearer ${other.token}` } })).statusCode,
  ).toBe(200);
  expect((await request(undefined, 'DELETE', location, { headers })).statusCode).toBe(404);
});

test('without a token, with one for another camera or with one of a session that ended, nothing is shown', async () => {
  const { token } = await tokenFor('cam-1');
  expect(problemOf(await post(offerWith(), 'made-up'))).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' });
  fixture.cameras.hubs.set('cam-2', hub);
  expect(problemOf(await post(offerWith(), token, '/api/live/whep/cam-2'))).toMatchObject({ status: 403 });
  // A token is good for watching, and for nothing else.
  const headers = { authorization: `Bearer ${token}` };
  expect((await request(undefined, 'GET', '/api/cameras', { headers })).statusCode).toBe(401);
  expect(
    problemOf(await request('auditor', 'POST', '/api/live/tokens', { body: { cameraId: 'cam-1' } })),
  ).toMatchObject({
    status: 403,
  });
  expect(
    problemOf(await request('operator', 'POST', '/api/live/tokens', { body: { cameraId: 'none' } })),
  ).toMatchObject({
    status: 404,
    code: 'LIVE_CAMERA_NOT_HERE',
  });
});

test.each([
  ['no SDP', () => 'hello', 'WHEP_OFFER_INVALID'],
  ['no H.264', (sdp: string) => sdp.replace('H264', 'H265'), 'WHEP_NO_H264'],
  [
    'H.264 in single packets',
    (sdp: string) => sdp.replace('packetization-mode=1', 'packetization-mode=0'),
    'WHEP_NO_H264',
  ],
  ['a player that only sends', (sdp: string) => sdp.replaceAll('a=recvonly', 'a=sendonly'), 'WHEP_NO_H264'],
  ['no fingerprint', (sdp: string) => sdp.replace(/a=fingerprint.*\r\n/, ''), 'WHEP_OFFER_INVALID'],
  ['no ICE', (sdp: string) => sdp.replace(/a=ice-pwd.*\r\n/, ''), 'WHEP_OFFER_INVALID'],
  ['too much', (sdp: string) => sdp + 'a=x\r\n'.repeat(20_000), 'REQUEST_TOO_LARGE'],
])('an offer with %s is refused in plain words', async (_what, change, code) => {
  const { token } = await tokenFor('cam-1');
  const problem = problemOf(await post(offerWith(change), token));
  expect(problem.code).toBe(code);
  expect(problem.status).toBeGreaterThanOrEqual(400);
  expect(problem.status).toBeLessThan(500);
});

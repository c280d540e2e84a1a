import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { SimulatedOnvifDevice } from '../simulator/onvif-device.ts';
import type { OnvifDeviceOptions, OnvifStream } from '../simulator/onvif-model.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';
import { findRecordings, readRecordings, readRecordingSummary, readReplayUrl } from './card-recordings.ts';
import { moveFocus, readImaging, readImagingOptions, setImaging, stopFocus } from './imaging.ts';
import {
  chooseStreams,
  fetchSnapshot,
  readProfiles,
  readStreamUrl,
  setSynchronizationPoint,
} from './media-profiles.ts';
import { OnvifDevice } from './onvif-device.ts';
import * as ptz from './ptz.ts';

const CREDENTIALS = { username: 'admin', password: 'p&<ss "w0rd"' };
const MAIN: OnvifStream = {
  token: 'main&1',
  name: 'Main <1>',
  rtspUrl: 'rtsp://127.0.0.1:8554/cam/1?a=1&b=2',
  codec: 'H264',
  widthPx: 1920,
  heightPx: 1080,
  framesPerSecond: 25,
  bitrateKbps: 4000,
};
const SUB: OnvifStream = {
  ...MAIN,
  token: 'sub',
  name: 'Sub',
  rtspUrl: 'rtsp://127.0.0.1:8554/cam/1/sub',
  widthPx: 640,
  heightPx: 360,
};

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function simulate(options: Partial<OnvifDeviceOptions> = {}): Promise<SimulatedOnvifDevice> {
  const device = new SimulatedOnvifDevice({ port: 0, credentials: CREDENTIALS, streams: [SUB, MAIN], ...options });
  await device.start();
  opened.push(device);
  return device;
}

function clientOf(
  { serviceUrl }: { readonly serviceUrl: string },
  credentials: Credentials | undefined = CREDENTIALS,
  timeoutMs = 5000,
): OnvifDevice {
  const client = new OnvifDevice({ serviceUrl, credentials, timeoutMs, verifyTls: false, clock: systemClock });
  opened.push(client);
  return client;
}

async function connect(options: Partial<OnvifDeviceOptions> = {}): Promise<OnvifDevice> {
  const client = clientOf(await simulate(options));
  await client.connect();
  return client;
}

async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
    return 'nothing';
  } catch (error) {
    return error instanceof AppError ? error.code : `foreign: ${String(error)}`;
  }
}

test('signs in whichever way the device asks for', async () => {
  for (const options of [
    { authentication: 'token' },
    { authentication: 'digest' },
    { authentication: 'digest', digestAlgorithm: 'SHA-256' },
    { authentication: 'both' },
  ] as const) {
    const client = await connect(options);
    expect(await client.information()).toMatchObject({ manufacturer: 'Vantage', model: 'Simulator' });
    expect(await readProfiles(client)).toHaveLength(2);
  }
});

test('says that a password is wrong, whichever way it was asked for', async () => {
  for (const authentication of ['token', 'digest', 'both'] as const) {
    const device = await simulate({ authentication });
    for (const credentials of [
      { username: 'admin', password: 'wrong' },
      { username: 'nobody', password: CREDENTIALS.password },
    ]) {
      const client = clientOf(device, credentials);
      await client.connect();
      expect(await codeOf(client.information())).toBe('ONVIF_AUTH_REJECTED');
      expect(await codeOf(client.information())).toBe('ONVIF_AUTH_REJECTED');
    }
  }
});

test('sends a wrong password at most twice for one call: devices lock accounts', async () => {
  for (const authentication of ['token', 'digest', 'both'] as const) {
    const device = await simulate({ authentication });
    const client = clientOf(device, { username: 'admin', password: 'wrong' });
    await client.connect();
    await codeOf(client.information());
    expect(device.refusedSignIns).toBeGreaterThan(0);
    expect(device.refusedSignIns).toBeLessThanOrEqual(2);
  }
});

test('a clock that is an hour off is measured, and the token follows it', async () => {
  for (const offsetMs of [3_600_000, -86_400_000, 0]) {
    const client = await connect({ authentication: 'token', clockOffsetMs: offsetMs });
    expect(await codeOf(client.information())).toBe('nothing');
    expect(Math.abs((client.clockOffsetMs ?? NaN) - offsetMs)).toBeLessThan(2000);
  }
});

test('finds the services of old firmware by its capabilities', async () => {
  const client = await connect({
    hasGetServices: false,
    recordings: [{ token: 'r', fromMs: 0, untilMs: 1, rtspUrl: MAIN.rtspUrl }],
  });
  for (const service of ['media', 'ptz', 'imaging', 'events', 'recording', 'search', 'replay'] as const)
    expect(client.offers(service)).toBe(true);
  expect(client.offers('media2')).toBe(false);
  expect(await readProfiles(client)).toMatchObject([
    { service: 'media', token: 'sub' },
    { service: 'media', token: 'main&1' },
  ]);
});

test('tells main and sub stream by their size, with codec, rate and addresses of both media services', async () => {
  for (const hasMedia2 of [true, false]) {
    const client = await connect({ hasMedia2 });
    const profiles = await readProfiles(client);
    const streams = chooseStreams(profiles);
    expect(streams?.main).toEqual({
      service: hasMedia2 ? 'media2' : 'media',
      token: 'main&1',
      name: 'Main <1>',
      videoSource: 'source-1',
      codec: 'H264',
      widthPx: 1920,
      heightPx: 1080,
      framesPerSecond: 25,
      bitrateKbps: 4000,
      hasPtz: true,
    });
    expect(streams?.sub?.token).toBe('sub');
    for (const transport of ['tcp', 'udp'] as const)
      expect(await readStreamUrl(client, streams!.main, { transport })).toBe(MAIN.rtspUrl);
  }
});

test('prefers Media2, where H.265 is, and takes no sub stream of nearly the same size', async () => {
  const client = await connect({
    streams: [
      { ...MAIN, codec: 'H265' },
      { ...SUB, widthPx: 1600, heightPx: 900 },
    ],
  });
  const streams = chooseStreams(await readProfiles(client));
  expect(streams).toMatchObject({ main: { service: 'media2', codec: 'H265' }, sub: undefined });
  expect(chooseStreams([])).toBeUndefined();
});

test('uses the host where it reached the device, whatever the device tells', async () => {
  const snapshot = Buffer.from('not a real JPEG');
  const client = await connect({ reportedHost: '192.168.77.77', snapshot });
  const [profile] = await readProfiles(client);
  expect(await readStreamUrl(client, profile!)).toBe(SUB.rtspUrl);
  expect((await fetchSnapshot(client, profile!)).body).toEqual(snapshot);
});

test('fetches the snapshot, with a password where it is asked for', async () => {
  const snapshot = Buffer.from('not a real JPEG');
  for (const authentication of ['digest', 'both'] as const) {
    const client = await connect({ snapshot, authentication });
    const [profile] = await readProfiles(client);
    expect(await fetchSnapshot(client, profile!)).toEqual({ contentType: 'image/jpeg', body: snapshot });
  }
  const without = await connect({});
  const [profile] = await readProfiles(without);
  expect(await codeOf(fetchSnapshot(without, profile!))).toBe('ONVIF_UNSUPPORTED');
});

test('asks for a key frame of one profile', async () => {
  for (const hasMedia2 of [true, false]) {
    const asked: string[] = [];
    const client = await connect({ hasMedia2, onSynchronize: (token) => asked.push(token) });
    const { main } = chooseStreams(await readProfiles(client))!;
    await setSynchronizationPoint(client, main);
    expect(asked).toEqual(['main&1']);
    expect(await codeOf(setSynchronizationPoint(client, { ...main, token: 'nothing' }))).toBe('ONVIF_REFUSED');
  }
});

test('steers: absolute, relative, continuous, stop and presets', async () => {
  const device = await simulate();
  const client = clientOf(device);
  await client.connect();
  await ptz.absoluteMove(client, 'sub', { pan: 0.5, tilt: -0.25, zoom: 0.75 });
  expect(await ptz.readPtzStatus(client, 'sub')).toEqual({
    position: { pan: 0.5, tilt: -0.25, zoom: 0.75 },
    isMoving: false,
  });
  const home = await ptz.setPreset(client, 'sub', { name: 'Gate & <wall>' });
  await ptz.relativeMove(client, 'sub', { pan: -0.5, tilt: 0.25 });
  expect(device.ptz.position).toEqual({ pan: 0, tilt: 0, zoom: 0.75 });
  expect(await ptz.readPresets(client, 'sub')).toEqual([{ token: home, name: 'Gate & <wall>' }]);
  await ptz.gotoPreset(client, 'sub', home);
  expect(device.ptz.position).toEqual({ pan: 0.5, tilt: -0.25, zoom: 0.75 });
  await ptz.continuousMove(client, 'sub', { speed: { pan: -0.1 }, timeoutMs: 60_000 });
  expect((await ptz.readPtzStatus(client, 'sub')).isMoving).toBe(true);
  await ptz.stopMove(client, 'sub');
  const stopped = await ptz.readPtzStatus(client, 'sub');
  expect(stopped.isMoving).toBe(false);
  expect(stopped.position.pan).toBeLessThan(0.5);
  await ptz.removePreset(client, 'sub', home);
  expect(await ptz.readPresets(client, 'sub')).toEqual([]);
  expect(await codeOf(ptz.gotoPreset(client, 'sub', home))).toBe('ONVIF_REFUSED');
  expect(await codeOf(ptz.stopMove(await connect({ hasPtz: false }), 'sub'))).toBe('ONVIF_UNSUPPORTED');
});

test('reads and sets the picture', async () => {
  const client = await connect();
  expect(await readImagingOptions(client, 'source-1')).toEqual({
    brightness: { minimum: 0, maximum: 100 },
    contrast: { minimum: 0, maximum: 100 },
    saturation: { minimum: 0, maximum: 100 },
    sharpness: { minimum: 0, maximum: 100 },
    irCutFilters: ['ON', 'OFF', 'AUTO'],
    focusModes: ['AUTO', 'MANUAL'],
  });
  await setImaging(client, 'source-1', { brightness: 70, contrast: 30, irCutFilter: 'OFF', focusMode: 'MANUAL' });
  expect(await readImaging(client, 'source-1')).toEqual({
    brightness: 70,
    contrast: 30,
    saturation: 50,
    sharpness: 50,
    irCutFilter: 'OFF',
    focusMode: 'MANUAL',
  });
  await moveFocus(client, 'source-1', 0.5);
  await stopFocus(client, 'source-1');
  expect(await codeOf(setImaging(client, 'source-1', { brightness: 700 }))).toBe('ONVIF_REFUSED');
});

test('lists what the card of the device holds, over several pages, and where it can be replayed', async () => {
  const hourMs = 3_600_000;
  const startMs = Date.UTC(2026, 0, 1);
  const recordings = Array.from({ length: 120 }, (_, index) => ({
    token: `recording-${index}`,
    fromMs: startMs + index * hourMs,
    untilMs: startMs + (index + 1) * hourMs,
    rtspUrl: `rtsp://127.0.0.1:8554/replay/${index}`,
  }));
  const client = await connect({ recordings, reportedHost: '10.9.9.9' });
  expect(await readRecordingSummary(client)).toEqual({
    fromDeviceMs: startMs,
    untilDeviceMs: startMs + 120 * hourMs,
    recordings: 120,
  });
  expect(await readRecordings(client)).toHaveLength(120);
  const found = await findRecordings(client, { timeoutMs: 10_000, clock: systemClock });
  expect(found).toHaveLength(120);
  expect(found[119]).toEqual({
    token: 'recording-119',
    sourceName: 'Simulated camera',
    content: 'card',
    fromDeviceMs: startMs + 119 * hourMs,
    untilDeviceMs: startMs + 120 * hourMs,
    isRecordingNow: false,
    tracks: [
      { token: 'VIDEO001', kind: 'Video', fromDeviceMs: startMs + 119 * hourMs, untilDeviceMs: startMs + 120 * hourMs },
    ],
  });
  expect(await readReplayUrl(client, 'recording-7')).toBe('rtsp://127.0.0.1:8554/replay/7');
  expect(await codeOf(readReplayUrl(client, 'nothing'))).toBe('ONVIF_REFUSED');
});

test('a device that is slow, broken or hostile costs one error of ours', async () => {
  const device = await simulate();
  const client = clientOf(device, CREDENTIALS, 300);
  await client.connect();
  const cases = [
    [{ kind: 'slow', delayMs: 60_000 }, 'ONVIF_TIMEOUT'],
    [{ kind: 'status', status: 500 }, 'ONVIF_ANSWER_INVALID'],
    [{ kind: 'status', status: 403 }, 'ONVIF_AUTH_REJECTED'],
    [{ kind: 'garbage', text: '<html><body>login' }, 'ONVIF_ANSWER_INVALID'],
    [{ kind: 'garbage', text: '' }, 'ONVIF_ANSWER_INVALID'],
    [{ kind: 'garbage', text: 'x'.repeat(3_000_000) }, 'ONVIF_ANSWER_INVALID'],
    [
      { kind: 'garbage', text: '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>' },
      'ONVIF_ANSWER_INVALID',
    ],
  ] as const;
  for (const [fault, code] of cases) {
    device.setFault(fault);
    expect(await codeOf(client.information())).toBe(code);
  }
  device.setFault(null);
  expect(await codeOf(clientOf(device).information())).toBe('nothing');
});

test('an ended signal ends a call that waits', async () => {
  const device = await simulate();
  const client = clientOf(device, CREDENTIALS, 60_000);
  await client.connect();
  device.setFault({ kind: 'slow', delayMs: 60_000 });
  const abort = new AbortController();
  const call = codeOf(client.readClock(abort.signal));
  abort.abort();
  expect(await call).toBe('CAMERA_UNREACHABLE');
  expect(await codeOf(client.readClock(abort.signal))).toBe('CAMERA_UNREACHABLE');
});

test('nobody there, and something that is not HTTP', async () => {
  const device = await simulate();
  await device.close();
  expect(await codeOf(clientOf(device).connect())).toBe('CAMERA_UNREACHABLE');
  for (const greeting of ['SSH-2.0-OpenSSH_9.2\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\ncut']) {
    const server = createServer((socket) => socket.on('error', () => undefined).end(greeting));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push(server);
    const { port } = server.address() as AddressInfo;
    const client = clientOf({ serviceUrl: `http://127.0.0.1:${port}/onvif/device_service` });
    expect(await codeOf(client.connect())).toBe('ONVIF_ANSWER_INVALID');
  }
});

test('errors never hold the password', async () => {
  const device = await simulate();
  const client = clientOf(device, { username: 'admin', password: 's3cret' });
  await client.connect();
  const error: unknown = await client.information().catch((thrown: unknown) => thrown);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('s3cret');
});

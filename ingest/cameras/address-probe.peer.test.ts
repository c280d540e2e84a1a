import { type AddressInfo, createServer } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { CameraSimulator } from '../simulator/camera-simulator.ts';
import { sceneClipFile } from '../simulator/demo-scenes.ts';
import { SimulatedOnvifDevice } from '../simulator/onvif-device.ts';
import type { OnvifDeviceOptions } from '../simulator/onvif-model.ts';
import type { ProbeStep } from './camera-probe.ts';
import { type AddressProbeOptions, type AddressProbeResult, probeAddress } from './address-probe.ts';

const CREDENTIALS = { username: 'admin', password: 'secret' };
const LIVE = '/live';
let folder: string;
let simulator: CameraSimulator;
const opened: { close(): unknown }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vantage-probe-'));
  const clipFile = sceneClipFile('gate');
  simulator = new CameraSimulator({
    port: 0,
    cacheFolder: folder,
    log: silentLog,
    cameras: ['/cam/1', LIVE].map((path) => ({ path, clipFile, phaseMs: 0, credentials: CREDENTIALS })),
  });
  await simulator.start();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

async function device(options: Partial<OnvifDeviceOptions> = {}): Promise<number> {
  const stream = { token: 'main', name: 'Main', rtspUrl: simulator.url('/cam/1'), ...simulator.video('/cam/1') };
  const sub = { ...stream, token: 'sub', widthPx: 640, heightPx: 360 };
  const made = new SimulatedOnvifDevice({ port: 0, credentials: CREDENTIALS, streams: [sub, stream], ...options });
  opened.push(made);
  return (await made.start()).port;
}

async function probe(url: string, options: Partial<AddressProbeOptions> = {}): Promise<AddressProbeResult> {
  return await probeAddress({
    url,
    credentials: CREDENTIALS,
    connectTimeoutMs: 5000,
    verifyTls: false,
    clock: systemClock,
    rtspPorts: [],
    // Where no other device of this machine answers.
    discoveryPort: 1,
    ...options,
  });
}

const failure = ({ steps }: AddressProbeResult): readonly unknown[] => [steps.at(-1)?.step, steps.at(-1)?.errorCode];

test('goes from a host and a port to the first picture, and finds all that is needed to add the camera', async () => {
  const port = await device();
  const told: ProbeStep[] = [];
  const result = await probe(`127.0.0.1:${port}`, { onStep: (step) => told.push(step) });
  // Each at once when it is passed; the picture is in the result only.
  expect(told.map(({ step }) => step)).toEqual(result.steps.slice(0, -1).map(({ step }) => step));
  expect(result.steps.map(({ step, ok }) => `${step} ${String(ok)}`)).toEqual(
    ['address', 'reached', 'onvif', 'signed_in', 'profiles', 'rtsp', 'profile', 'picture'].map(
      (step) => `${step} true`,
    ),
  );
  expect(result.keyFrame?.isKeyFrame).toBe(true);
  expect(result.found).toMatchObject({
    streams: [
      { kind: 'main', url: simulator.url('/cam/1'), profile: { token: 'main' } },
      { kind: 'sub', url: simulator.url('/cam/1'), profile: { token: 'sub' } },
    ],
    onvif: {
      serviceUrl: `http://127.0.0.1:${port}/onvif/device_service`,
      main: { service: 'media2', token: 'main' },
      sub: { service: 'media2', token: 'sub' },
      hasPtz: true,
      hasRecordings: false,
    },
    information: { manufacturer: 'Vantage', model: 'Simulator' },
  });
});

test('needs no port when ONVIF is at a usual one, and takes what stands before the @', async () => {
  const port = await device({ hasPtz: false });
  const result = await probe('http://admin:secret@127.0.0.1'.replace('http://', ''), {
    credentials: undefined,
    onvifPorts: [1, port],
  });
  expect(result.ok).toBe(true);
  expect(result.found).toMatchObject({ onvif: { hasPtz: false }, credentials: CREDENTIALS });
});

test('a camera behind a router, with a clock an hour ahead, is found all the same, and its clock told', async () => {
  const port = await device({ reportedHost: '10.99.99.99', clockOffsetMs: 3_600_000 });
  const result = await probe(`http://127.0.0.1:${port}/`);
  expect(result.ok).toBe(true);
  expect(result.found?.streams[0]?.url).toBe(simulator.url('/cam/1'));
  expect(result.steps.find(({ step }) => step === 'signed_in')?.detail).toMatch(/clock 3(599|600|601) s ahead/);
});

test('stops at the step that fails, with its code', async () => {
  const port = await device();
  const address = `127.0.0.1:${port}`;
  expect(failure(await probe('not an address'))).toEqual(['address', 'CAMERA_ADDRESS_INVALID']);
  expect(failure(await probe('127.0.0.1:1'))).toEqual(['reached', 'CAMERA_UNREACHABLE']);
  expect(failure(await probe(address, { credentials: { username: 'admin', password: 'wrong' } }))).toEqual([
    'signed_in',
    'ONVIF_AUTH_REJECTED',
  ]);
  expect(failure(await probe(address, { credentials: undefined }))).toEqual(['signed_in', 'ONVIF_AUTH_REJECTED']);
  expect(failure(await probe(`127.0.0.1:${await device({ streams: [] })}`))).toEqual(['profiles', 'ONVIF_NO_PROFILE']);
  const stream = { token: 'a', name: 'a', ...simulator.video('/cam/1') };
  const gone = await device({ streams: [{ ...stream, rtspUrl: 'rtsp://127.0.0.1:1/x' }] });
  expect(failure(await probe(`127.0.0.1:${gone}`))).toEqual(['rtsp', 'CAMERA_UNREACHABLE']);
  const elsewhere = await device({ streams: [{ ...stream, rtspUrl: simulator.url('/nothing') }] });
  expect(failure(await probe(`127.0.0.1:${elsewhere}`))).toEqual(['profile', 'RTSP_STREAM_NOT_FOUND']);
});

test('something else than ONVIF says so', async () => {
  const web = createServer((socket) =>
    socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'),
  );
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  opened.push(web);
  const { port } = web.address() as AddressInfo;
  expect(failure(await probe(`127.0.0.1:${port}`))).toEqual(['onvif', 'ONVIF_NOT_FOUND']);
});

test('without ONVIF it tries the stream addresses that makers use, and stops at a wrong password', async () => {
  const port = Number(new URL(simulator.url(LIVE)).port);
  const found = await probe('127.0.0.1', { onvifPorts: [1], rtspPorts: [1, port] });
  expect(found.ok).toBe(true);
  expect(found.found).toMatchObject({ onvif: undefined, streams: [{ kind: 'main', url: simulator.url(LIVE) }] });
  const wrong = await probe(`127.0.0.1:${port}`, { credentials: { username: 'admin', password: 'wrong' } });
  expect(failure(wrong)).toEqual(['signed_in', 'RTSP_AUTH_REJECTED']);
});

test('an RTSP address is tried as it is', async () => {
  const result = await probe(simulator.url('/cam/1'));
  expect(result.ok).toBe(true);
  expect(result.found).toBeUndefined();
  expect(result.steps.map(({ step }) => step)).toEqual([
    'address',
    'reached',
    'rtsp',
    'signed_in',
    'profile',
    'picture',
  ]);
});

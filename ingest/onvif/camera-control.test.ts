import { afterEach, expect, test, vi } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { Camera } from '../cameras/camera.ts';
import { cameraId } from '../media.ts';
import { SimulatedOnvifDevice } from '../simulator/onvif-device.ts';
import type { OnvifDeviceOptions } from '../simulator/onvif-model.ts';
import { recordingPolicy } from '../recorder/recording-policy.ts';
import { CameraControl } from './camera-control.ts';

const CREDENTIALS = { username: 'admin', password: 'secret' };
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function setUp(options: Partial<OnvifDeviceOptions> = {}): Promise<{
  readonly device: SimulatedOnvifDevice;
  readonly control: CameraControl;
  /** Of the control; the device has the system's. */
  readonly clock: SimulatedClock;
  readonly camera: Camera;
}> {
  const stream = {
    name: '',
    rtspUrl: 'rtsp://127.0.0.1/x',
    codec: 'H264',
    widthPx: 1,
    heightPx: 1,
    framesPerSecond: 1,
    bitrateKbps: 1,
  } as const;
  const streams = [
    { ...stream, token: 'main' },
    { ...stream, token: 'sub' },
  ];
  const device = new SimulatedOnvifDevice({ port: 0, credentials: CREDENTIALS, streams, ...options });
  const { serviceUrl } = await device.start();
  const clock = new SimulatedClock();
  const control = new CameraControl({ timeoutMs: 5000, verifyTls: false, clock, log: silentLog });
  opened.push(device, control);
  const profile = (token: string) => ({ service: 'media2' as const, token });
  const camera: Camera = {
    id: cameraId('cam-1'),
    name: 'Dome',
    number: '',
    area: '',
    scene: 'road',
    latitude: undefined,
    longitude: undefined,
    streams: [],
    ...CREDENTIALS,
    recording: recordingPolicy({ mode: 'continuous' }),
    analysis: { mode: 'off' },
    rules: [],
    onvif: { serviceUrl, main: profile('main'), sub: profile('sub'), hasPtz: true, hasRecordings: false },
  };
  return { device, control, camera, clock };
}

test('a move ends when its time is over, although the device would go on', async () => {
  const { device, control, camera, clock } = await setUp();
  const stop = vi.spyOn(device.ptz, 'stop');
  const move = vi.spyOn(device.ptz, 'moveAt').mockImplementation((speed) => {
    device.ptz.moveTo(speed);
  });
  await control.steer(camera, { action: 'continuous', speed: { pan: 0.1 }, durationMs: 2000 });
  expect(move).toHaveBeenCalledExactlyOnceWith({ pan: 0.1, tilt: 0, zoom: 0 }, 2000);
  clock.advance(1999);
  expect(stop).not.toHaveBeenCalled();
  clock.advance(1);
  await vi.waitFor(() => expect(stop).toHaveBeenCalledTimes(1), { timeout: 10_000 });
});

test('the next command takes over the end of the move before it', async () => {
  const { device, control, camera, clock } = await setUp();
  const stop = vi.spyOn(device.ptz, 'stop');
  await control.steer(camera, { action: 'continuous', speed: { pan: 0.1 }, durationMs: 2000 });
  await control.steer(camera, { action: 'continuous', speed: { pan: 0.2 }, durationMs: 60_000 });
  clock.advance(10_000);
  await control.presets(camera);
  expect(stop).not.toHaveBeenCalled();
  expect(device.ptz.isMoving).toBe(true);
  await control.steer(camera, { action: 'stop' });
  expect(device.ptz.isMoving).toBe(false);
});

test('what still moves is stopped on closing', async () => {
  const { device, control, camera } = await setUp();
  await control.steer(camera, { action: 'continuous', speed: { zoom: 0.1 }, durationMs: 60_000 });
  await control.close();
  expect(device.ptz.isMoving).toBe(false);
});

test('a stop never overtakes the move before it', async () => {
  const { device, control, camera } = await setUp();
  await Promise.all([
    control.steer(camera, { action: 'continuous', speed: { pan: 1 }, durationMs: 60_000 }),
    control.steer(camera, { action: 'stop' }),
  ]);
  expect(device.ptz.isMoving).toBe(false);
});

test('moves to positions and presets, lists presets, and asks for key frames of both streams', async () => {
  const asked: string[] = [];
  const { device, control, camera } = await setUp({ onSynchronize: (token) => asked.push(token) });
  await control.steer(camera, { action: 'absolute', position: { pan: 0.5, tilt: 0.5, zoom: 0 } });
  const preset = device.ptz.keepPreset('Gate');
  await control.steer(camera, { action: 'relative', translation: { pan: -1, zoom: 0.5 } });
  expect(device.ptz.position).toEqual({ pan: -0.5, tilt: 0.5, zoom: 0.5 });
  expect(await control.presets(camera)).toEqual([{ token: preset, name: 'Gate' }]);
  await control.steer(camera, { action: 'preset', preset });
  expect(device.ptz.position).toEqual({ pan: 0.5, tilt: 0.5, zoom: 0 });
  await control.synchronize(camera);
  expect(asked).toEqual(['main', 'sub']);
});

test('keeps, renames and removes presets; a new name leaves the place', async () => {
  const { device, control, camera, clock } = await setUp();
  await control.steer(camera, { action: 'absolute', position: { pan: 0.5, tilt: 0.25, zoom: 0.1 } });
  const token = await control.keepPreset(camera, 'Gate & "door"');
  await control.steer(camera, { action: 'absolute', position: { pan: -1, tilt: 0, zoom: 0 } });
  const renamed = control.renamePreset(camera, { token, name: '北门' });
  await vi.waitFor(() => expect(device.ptz.position).toMatchObject({ pan: 0.5 }), { timeout: 10_000 });
  // Our clock stands still: the camera is looked at again when it goes on.
  const timer = setInterval(() => clock.advance(300), 20);
  await renamed.finally(() => clearInterval(timer));
  expect(await control.presets(camera)).toEqual([{ token, name: '北门' }]);
  expect(device.ptz.presets.get(token)?.position).toEqual({ pan: 0.5, tilt: 0.25, zoom: 0.1 });
  await control.removePreset(camera, token);
  expect(await control.presets(camera)).toEqual([]);
  await expect(control.removePreset(camera, token)).rejects.toMatchObject({ code: 'ONVIF_REFUSED' });
});

test('reads and sets the picture, within what the device offers', async () => {
  const { control, camera } = await setUp();
  const range = { minimum: 0, maximum: 100 };
  expect((await control.imaging(camera)).options).toEqual({
    ...{ brightness: range, contrast: range, saturation: range, sharpness: range },
    ...{ irCutFilters: ['ON', 'OFF', 'AUTO'], focusModes: ['AUTO', 'MANUAL'] },
  });
  const before = (await control.imaging(camera)).settings;
  const set = await control.setImaging(camera, { brightness: 71, irCutFilter: 'OFF' });
  expect(set.settings).toEqual({ ...before, brightness: 71, irCutFilter: 'OFF' });
  await expect(control.setImaging(camera, { sharpness: 101, brightness: 1 })).rejects.toMatchObject({
    code: 'IMAGING_OUT_OF_RANGE',
    context: { field: 'sharpness', maximum: 100 },
  });
  expect((await control.imaging(camera)).settings.brightness).toBe(71);
});

test('goes on after the device was broken, and says what is wrong meanwhile', async () => {
  const { device, control, camera } = await setUp();
  device.setFault({ kind: 'status', status: 500 });
  await expect(control.presets(camera)).rejects.toMatchObject({ code: 'ONVIF_ANSWER_INVALID' });
  device.setFault(null);
  expect(await control.presets(camera)).toEqual([]);
  await expect(control.presets({ ...camera, id: cameraId('cam-2'), onvif: undefined })).rejects.toMatchObject({
    code: 'CAMERA_NOT_ONVIF',
  });
  control.forget(camera.id);
  await expect(control.presets({ ...camera, password: 'wrong' })).rejects.toMatchObject({
    code: 'ONVIF_AUTH_REJECTED',
  });
});

test('a device that hangs does not make an endless queue', async () => {
  const { device, control, camera } = await setUp();
  await control.presets(camera);
  device.setFault({ kind: 'slow', delayMs: 50 });
  const calls = await Promise.allSettled(Array.from({ length: 20 }, () => control.presets(camera)));
  expect(calls.filter(({ status }) => status === 'rejected')).toHaveLength(12);
});

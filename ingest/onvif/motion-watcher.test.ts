import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { CameraOnvif } from '../cameras/camera.ts';
import { recordingPolicy } from '../recorder/recording-policy.ts';
import { SimulatedOnvifDevice } from '../simulator/onvif-device.ts';
import { testCamera } from '../testdata/test-camera.ts';
import { MotionWatcher, wantsMotion } from './motion-watcher.ts';

const CREDENTIALS = { username: 'admin', password: 'secret' };
const LONG = { timeout: 20_000 };
const onvif: CameraOnvif = {
  serviceUrl: 'http://192.0.2.7/onvif/device_service',
  main: { service: 'media2', token: 'main' },
  hasPtz: false,
  hasRecordings: false,
};
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

test('calls again while motion lasts, not for inputs, and no longer when the device is gone', async () => {
  const device = new SimulatedOnvifDevice({ port: 0, credentials: CREDENTIALS, streams: [] });
  await device.start();
  const onMotion = vi.fn();
  const turn = vi.fn(async () => undefined);
  const watcher = new MotionWatcher(
    {
      camera: testCamera('cam', 'rtsp://127.0.0.1/x', CREDENTIALS),
      timeoutMs: 2000,
      verifyTls: false,
      clock: systemClock,
      log: silentLog,
      turn,
      onMotion,
    },
    { ...onvif, serviceUrl: device.serviceUrl },
  );
  opened.push(device, watcher);
  await vi.waitFor(() => expect(device.events.subscriptionCount).toBe(1), LONG);
  device.events.setDigitalInput(true);
  device.events.setTampered(true);
  device.events.setMotion(true);
  await vi.waitFor(() => expect(onMotion.mock.calls.length).toBeGreaterThan(2), LONG);
  await device.close();
  await vi.waitFor(() => expect(turn).toHaveBeenCalledTimes(2), LONG);
  const told = onMotion.mock.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(onMotion).toHaveBeenCalledTimes(told);
});

test('cares for cameras that record on events and may tell some', () => {
  const camera = testCamera('cam', 'rtsp://127.0.0.1/x', { recording: recordingPolicy({ mode: 'on_event' }), onvif });
  expect(wantsMotion(camera)).toBe(true);
  expect(wantsMotion({ ...camera, onvif: undefined })).toBe(false);
  expect(wantsMotion({ ...camera, onvif: { ...onvif, hasEvents: false } })).toBe(false);
  expect(wantsMotion({ ...camera, recording: recordingPolicy({ mode: 'continuous' }) })).toBe(false);
});

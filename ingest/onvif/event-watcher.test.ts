import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { SimulatedOnvifDevice } from '../simulator/onvif-device.ts';
import type { OnvifDeviceOptions } from '../simulator/onvif-model.ts';
import { EventSubscription } from './event-subscription.ts';
import { EventWatcher, type TimedNotification } from './event-watcher.ts';
import { readNotifications } from './notification.ts';
import { OnvifDevice } from './onvif-device.ts';
import { parseXml } from './xml.ts';

const CREDENTIALS = { username: 'admin', password: 'secret' };
const LONG = { timeout: 20_000 };
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function simulate(options: Partial<OnvifDeviceOptions> = {}): Promise<SimulatedOnvifDevice> {
  const device = new SimulatedOnvifDevice({ port: 0, credentials: CREDENTIALS, streams: [], ...options });
  await device.start();
  opened.push(device);
  return device;
}

function watch(device: SimulatedOnvifDevice): readonly TimedNotification[] {
  const told: TimedNotification[] = [];
  const watcher = new EventWatcher({
    serviceUrl: device.serviceUrl,
    credentials: CREDENTIALS,
    timeoutMs: 5000,
    verifyTls: false,
    clock: systemClock,
    log: silentLog,
    retryInitialMs: 50,
    pullWaitMs: 2000,
    onNotification: (one) => told.push(one),
  });
  opened.push(watcher);
  return told;
}

test('tells motion, inputs and tampering, with the time on our clock', async () => {
  const device = await simulate({ clockOffsetMs: 3_600_000 });
  const told = watch(device);
  await vi.waitFor(() => expect(told).toHaveLength(1), LONG);
  expect(told[0]).toMatchObject({ operation: 'Initialized', kind: 'motion', isActive: false });
  device.events.setMotion(true);
  device.events.setDigitalInput(true);
  device.events.setTampered(false);
  await vi.waitFor(() => expect(told).toHaveLength(4), LONG);
  expect(told.slice(1).map(({ topic, kind, isActive, operation }) => ({ topic, kind, isActive, operation }))).toEqual([
    { topic: 'VideoSource/MotionAlarm', kind: 'motion', isActive: true, operation: 'Changed' },
    { topic: 'Device/Trigger/DigitalInput', kind: 'digital_input', isActive: true, operation: 'Changed' },
    { topic: 'RuleEngine/TamperDetector/Tamper', kind: 'tampering', isActive: false, operation: 'Changed' },
  ]);
  expect(told[1]?.source).toEqual(new Map([['Source', 'source-1']]));
  expect(Math.abs((told[1]?.timeMs ?? 0) - Date.now())).toBeLessThan(20_000);
});

test('motion comes on the schedule of the simulated device', async () => {
  const told = watch(await simulate({ motion: { everyMs: 300, lastsMs: 100 } }));
  await vi.waitFor(() => expect(told.filter(({ isActive }) => isActive).length).toBeGreaterThan(1), LONG);
});

test('subscribes anew after the device forgot it or was broken, and leaves when it is closed', async () => {
  const device = await simulate();
  const told = watch(device);
  await vi.waitFor(() => expect(told).toHaveLength(1), LONG);
  device.events.reset();
  await vi.waitFor(() => expect(told).toHaveLength(2), LONG);
  device.setFault({ kind: 'garbage', text: '<a><b></a>' });
  device.events.setMotion(true);
  device.setFault(null);
  await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ isActive: true }), LONG);
  for (const one of opened.splice(1)) await one.close();
  expect(device.events.subscriptionCount).toBe(0);
});

test('renews a subscription before it ends', async () => {
  const device = await simulate();
  const client = new OnvifDevice({
    serviceUrl: device.serviceUrl,
    credentials: CREDENTIALS,
    timeoutMs: 5000,
    verifyTls: false,
    clock: systemClock,
  });
  opened.push(client);
  await client.connect();
  const subscription = await EventSubscription.create(client);
  expect(await subscription.pull(1000)).toHaveLength(1);
  // As if the device had cut its time: the next answer tells that little is left, the one after comes after a renewal.
  device.events.renew('1', 5000);
  device.events.setMotion(true);
  expect(await subscription.pull(1000)).toHaveLength(1);
  const renew = vi.spyOn(device.events, 'renew');
  device.events.setMotion(false);
  expect(await subscription.pull(1000)).toHaveLength(1);
  expect(renew).toHaveBeenCalledTimes(1);
  await subscription.unsubscribe();
  expect(device.events.subscriptionCount).toBe(0);
});

test('reads what makers send', () => {
  const notification = (topic: string, data: string): string =>
    `<n:NotificationMessage xmlns:n="n" xmlns:t="t"><n:Topic>${topic}</n:Topic><n:Message><t:Message UtcTime="2026-01-02T03:04:05Z">` +
    `<t:Source/><t:Data>${data}</t:Data></t:Message></n:Message></n:NotificationMessage>`;
  const item = (name: string, value: string): string => `<t:SimpleItem Name="${name}" Value="${value}"/>`;
  const read = readNotifications(
    parseXml(
      `<a>${notification('tns1:RuleEngine/CellMotionDetector/Motion', item('IsMotion', '1'))}` +
        `${notification('tns1:VideoSource/GlobalSceneChange/ImagingService', item('State', 'false'))}` +
        `${notification('tnsaxis:CameraApplicationPlatform/VMD/Camera1ProfileANY', item('active', '1'))}` +
        '<n:NotificationMessage xmlns:n="n"/></a>',
    ),
  );
  expect(read.map(({ topic, kind, isActive }) => [topic, kind, isActive])).toEqual([
    ['RuleEngine/CellMotionDetector/Motion', 'motion', true],
    ['VideoSource/GlobalSceneChange/ImagingService', 'tampering', false],
    ['CameraApplicationPlatform/VMD/Camera1ProfileANY', 'other', true],
    ['', 'other', undefined],
  ]);
  expect(read[0]?.deviceTimeMs).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
});

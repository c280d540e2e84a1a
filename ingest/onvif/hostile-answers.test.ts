import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { SimulatedOnvifDevice } from '../simulator/onvif-device.ts';
import { findRecordings, readRecordings, readRecordingSummary, readReplayUrl } from './card-recordings.ts';
import { EventSubscription } from './event-subscription.ts';
import { readImaging, readImagingOptions } from './imaging.ts';
import { chooseStreams, readProfiles, readSnapshotUrl, readStreamUrl } from './media-profiles.ts';
import { OnvifDevice } from './onvif-device.ts';
import { readPresets, readPtzStatus, setPreset } from './ptz.ts';
import { SERVICE_NAMESPACES, type ServiceName, writeEnvelope } from './soap-message.ts';

const stream = {
  token: 'main',
  name: 'Main',
  rtspUrl: 'rtsp://127.0.0.1/1',
  codec: 'H264',
  widthPx: 640,
  heightPx: 360,
} as const;
const simulated = new SimulatedOnvifDevice({
  port: 0,
  streams: [{ ...stream, framesPerSecond: 25, bitrateKbps: 1000 }],
  recordings: [{ token: 'r', fromMs: 0, untilMs: 1000, rtspUrl: 'rtsp://127.0.0.1/r' }],
  snapshot: Buffer.from('x'),
});
let device: OnvifDevice;
let events: EventSubscription;
let answers: readonly string[];
const profile = { service: 'media', token: 'main' } as const;

beforeAll(async () => {
  const { serviceUrl } = await simulated.start();
  device = new OnvifDevice({
    serviceUrl,
    credentials: undefined,
    timeoutMs: 10_000,
    verifyTls: false,
    clock: systemClock,
  });
  await device.connect();
  events = await EventSubscription.create(device);
  answers = await realAnswers(serviceUrl);
});
afterAll(async () => {
  device.close();
  await simulated.close();
});

/** What the device says when nothing is wrong: the stuff that mutations are made of. */
async function realAnswers(url: string): Promise<readonly string[]> {
  const token = '<ProfileToken>main</ProfileToken>';
  const questions: readonly (readonly [ServiceName, string, string])[] = [
    ['device', 'GetSystemDateAndTime', ''],
    ['device', 'GetServices', ''],
    ['device', 'GetCapabilities', ''],
    ['device', 'GetDeviceInformation', ''],
    ['media', 'GetProfiles', ''],
    ['media2', 'GetProfiles', ''],
    ['media', 'GetStreamUri', token],
    ['media2', 'GetSnapshotUri', token],
    ['ptz', 'GetStatus', token],
    ['ptz', 'GetPresets', token],
    ['imaging', 'GetOptions', '<VideoSourceToken>source-1</VideoSourceToken>'],
    ['search', 'GetRecordingSummary', ''],
    ['search', 'FindRecordings', ''],
    ['recording', 'GetRecordings', ''],
    ['events', 'CreatePullPointSubscription', ''],
    ['device', 'NothingOfTheKind', ''],
  ];
  return await Promise.all(
    questions.map(async ([service, operation, content]) => {
      const body = `<${operation} xmlns="${SERVICE_NAMESPACES[service]}">${content}</${operation}>`;
      const response = await fetch(url, { method: 'POST', body: writeEnvelope({ body }) });
      return await response.text();
    }),
  );
}

/** Every way in which the client reads an answer. */
const READERS: readonly (() => Promise<unknown>)[] = [
  () => device.connect(),
  () => device.information(),
  async () => chooseStreams(await readProfiles(device)),
  () => readStreamUrl(device, profile),
  () => readSnapshotUrl(device, { ...profile, service: 'media2' }),
  () => readPtzStatus(device, 'main'),
  () => readPresets(device, 'main'),
  () => setPreset(device, 'main', { name: 'x' }),
  () => readImaging(device, 'source-1'),
  () => readImagingOptions(device, 'source-1'),
  () => readRecordings(device),
  () => readRecordingSummary(device),
  () => findRecordings(device, { timeoutMs: 20, clock: systemClock }),
  () => readReplayUrl(device, 'r'),
  () => events.pull(1000),
  () => EventSubscription.create(device),
];

test('whatever a device answers, each call ends with a value or one error of ours', { timeout: 60_000 }, async () => {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const piece = fc.constantFrom(
    '',
    '<',
    '>',
    '</s:Body>',
    '<a>',
    '"',
    '&',
    '\0',
    '-1',
    'NaN',
    '1e999',
    '�',
    '<tt:Uri/>',
    'x'.repeat(5000),
  );
  const mutated = fc
    .record({ answer: fc.nat(15), at: place, cut: fc.nat(60), put: piece, andAt: place, andPut: piece })
    .map(({ answer, at, cut, put, andAt, andPut }) => {
      const text = answers[answer % answers.length] ?? '';
      const first = Math.floor(at * text.length);
      const once = text.slice(0, first) + put + text.slice(first + cut);
      const second = Math.floor(andAt * once.length);
      return once.slice(0, second) + andPut + once.slice(second);
    });
  let values = 0;
  await fc.assert(
    fc.asyncProperty(mutated, fc.nat(READERS.length - 1), async (text, reader) => {
      simulated.setFault({ kind: 'garbage', text });
      try {
        await READERS[reader]?.();
        values++;
      } catch (error) {
        expect(error, text).toBeInstanceOf(AppError);
        expect(error instanceof AppError && error.code, text).not.toBe('UNEXPECTED');
      } finally {
        simulated.setFault(null);
        // A mutated list of services is taken as it is.
        if (reader === 0) await device.connect();
      }
    }),
    { numRuns: 400 },
  );
  // Else nothing but the parser had been tried.
  expect(values).toBeGreaterThan(20);
});

import { expect, test } from 'vitest';
import type { Camera, DiscoveredDevice } from '#api/contract/cameras.ts';
import { discoveredRows } from './discovered.ts';

const device = (host: string): DiscoveredDevice => ({
  endpointReference: `urn:uuid:${host}`,
  address: host,
  serviceUrls: [`https://${host}/onvif`, `http://[fe80::1]/onvif`, `http://${host}/onvif/device_service`],
});
const camera = (url: string, serviceUrl?: string): Camera => ({
  id: url,
  name: url,
  number: '',
  area: '',
  scene: 'road',
  url,
  recording: { mode: 'continuous' },
  analysis: { mode: 'off' },
  rules: [],
  hasPassword: false,
  state: { status: 'live', since: '2026-11-23T10:00:00.000Z', bitrateKbps: 0, framesPerSecond: 0, lossRatio: 0 },
  ...(serviceUrl === undefined
    ? {}
    : { onvif: { serviceUrl, main: { service: 'media', token: 'a' }, hasPtz: false, hasRecordings: false } }),
});

test('marks what is in the registry already, and what only shares its host', () => {
  const rows = discoveredRows(
    [device('10.0.0.10'), device('10.0.0.8:8080'), device('10.0.0.9')],
    [camera('rtsp://10.0.0.8/1', 'http://10.0.0.8:8080/onvif/device_service'), camera('rtsp://10.0.0.9/2')],
  );
  expect(rows.map(({ address, isKnown, camera: same }) => [address, isKnown, same?.url])).toEqual([
    ['http://10.0.0.9/onvif/device_service', false, 'rtsp://10.0.0.9/2'],
    ['http://10.0.0.10/onvif/device_service', false, undefined],
    ['http://10.0.0.8:8080/onvif/device_service', true, 'rtsp://10.0.0.8/1'],
  ]);
});

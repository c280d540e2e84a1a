import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { SimulatedOnvifDevice } from '../simulator/onvif-device.ts';
import { OnvifDiscoveryResponder } from '../simulator/onvif-discovery-responder.ts';
import { discoverDevices } from './discovery.ts';
import { readProbeMatches } from './discovery-message.ts';

const LOOPBACK =
  Object.entries(networkInterfaces()).find(([, entries]) =>
    entries?.some(({ address }) => address === '127.0.0.1'),
  )?.[0] ?? 'lo';
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function simulate(names: readonly string[]): Promise<number> {
  const devices = names.map(
    (name) => new SimulatedOnvifDevice({ port: 0, streams: [], name, location: 'city/centre' }),
  );
  for (const device of devices) await device.start();
  const responder = new OnvifDiscoveryResponder({ devices, port: 0 });
  opened.push(...devices, responder);
  return (await responder.start()).port;
}

test('finds each device once, by multicast on one interface, and reads what it tells of itself', async () => {
  const port = await simulate(['West gate 西门', 'East gate']);
  const found = await discoverDevices({ durationMs: 1500, interfaceName: LOOPBACK, clock: systemClock, port });
  expect(found.map(({ name = '' }) => name).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'East gate',
    'West gate 西门',
  ]);
  expect(found[0]).toMatchObject({ hardware: 'Simulator', location: 'city/centre', address: '127.0.0.1' });
  expect(found[0]?.serviceUrls).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/onvif\/device_service$/)]);
});

test('finds one host alone without multicast', async () => {
  const port = await simulate(['One']);
  const found = await discoverDevices({ durationMs: 1000, address: '127.0.0.1', clock: systemClock, port });
  expect(found).toMatchObject([{ name: 'One' }]);
});

test('a device that answers nonsense, or nothing, is not found, and the search still ends', async () => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  opened.push(socket);
  const { port } = socket.address();
  socket.on('message', (_, from) => {
    for (const text of ['', 'x', '<a>', '<!DOCTYPE a><a/>', `<a>${'<b>'.repeat(2000)}`])
      socket.send(text, from.port, from.address);
  });
  expect(await discoverDevices({ durationMs: 500, address: '127.0.0.1', clock: systemClock, port })).toEqual([]);
});

test('says so when there is no such network', async () => {
  await expect(
    discoverDevices({ durationMs: 100, interfaceName: 'nothing9', clock: systemClock }),
  ).rejects.toMatchObject({
    code: 'DISCOVERY_IMPOSSIBLE',
  });
});

test('a signal ends the search', async () => {
  const abort = new AbortController();
  const search = discoverDevices({
    durationMs: 600_000,
    address: '127.0.0.1',
    clock: systemClock,
    signal: abort.signal,
    port: 9,
  });
  abort.abort();
  expect(await search).toEqual([]);
});

const MATCH =
  '<e:Envelope xmlns:e="e" xmlns:a="a" xmlns:d="d"><e:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:1</a:Address>' +
  '</a:EndpointReference><d:Scopes>onvif://www.onvif.org/name/A%20B onvif://www.onvif.org/location/country/china onvif://www.onvif.org/location/%E4 x</d:Scopes>' +
  '<d:XAddrs>http://10.0.0.2/onvif/device_service javascript:alert(1) http://[fe80::1]/onvif/device_service</d:XAddrs></d:ProbeMatch>' +
  '</d:ProbeMatches></e:Body></e:Envelope>';

test('reads scopes and addresses as cameras send them', () => {
  expect(readProbeMatches(Buffer.from(MATCH), '10.0.0.2')).toEqual([
    {
      endpointReference: 'urn:uuid:1',
      serviceUrls: ['http://10.0.0.2/onvif/device_service', 'http://[fe80::1]/onvif/device_service'],
      name: 'A B',
      hardware: undefined,
      location: 'country/china, %E4',
      scopes: expect.any(Array),
      address: '10.0.0.2',
    },
  ]);
});

test('random, cut and mutated datagrams never throw', () => {
  const read = (bytes: Uint8Array): void => {
    expect(readProbeMatches(Buffer.from(bytes), '10.0.0.2').length).toBeLessThan(65);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), read));
  fc.assert(
    fc.property(fc.nat(MATCH.length), fc.nat(30), fc.uint8Array({ maxLength: 30 }), (at, cut, put) =>
      read(Buffer.concat([Buffer.from(MATCH.slice(0, at)), put, Buffer.from(MATCH.slice(at + cut))])),
    ),
    { numRuns: 500 },
  );
});

import { expect, test } from 'vitest';
import { foundInput, hostOf, suggestName } from './found-input.ts';

const found = {
  streams: [
    { kind: 'main' as const, url: 'rtsp://10.0.0.8/1' },
    { kind: 'sub' as const, url: 'rtsp://10.0.0.8/2' },
  ],
  profiles: [],
  manufacturer: 'Maker',
  model: 'M-1',
  hasPtz: false,
  isClockOff: false,
};

test('reads the host of every form of address', () => {
  expect(
    ['10.0.0.8', '10.0.0.8:8080', 'http://cam.local:80/onvif', 'rtsp://u:p@10.0.0.8/1', '[fe80::1]:80'].map(hostOf),
  ).toEqual(['10.0.0.8', '10.0.0.8', 'cam.local', '10.0.0.8', '[fe80::1]']);
});

test('suggests a name that is not taken', () => {
  expect(suggestName('10.0.0.8', { found }, new Set())).toBe('Maker M-1 · 10.0.0.8');
  expect(suggestName('10.0.0.8', { found, given: 'Gate' }, new Set(['Gate', 'Gate 2']))).toBe('Gate 3');
  expect(suggestName('rtsp://10.0.0.8/1', { found: undefined }, new Set())).toBe('10.0.0.8');
});

test('stores the streams that were found, else the address that was asked', () => {
  const more = { name: ' Gate ', area: '', scene: 'road' as const };
  const asked = { url: '10.0.0.8', username: 'admin', password: 'pw' };
  expect(foundInput(asked, { steps: [], found }, more)).toMatchObject({
    name: 'Gate',
    url: 'rtsp://10.0.0.8/1',
    subUrl: 'rtsp://10.0.0.8/2',
    username: 'admin',
    password: 'pw',
  });
  expect(foundInput({ url: 'rtsp://10.0.0.8/9' }, { steps: [] }, more).url).toBe('rtsp://10.0.0.8/9');
});

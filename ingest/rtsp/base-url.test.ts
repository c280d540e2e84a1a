import { expect, test } from 'vitest';
import { baseUrlOf, reachableUrl } from './base-url.ts';
import type { RtspResponse } from './rtsp-message.ts';

const REQUEST = 'rtsp://198.51.100.7:8554/cam?channel=1';

function answer(headers: Readonly<Record<string, string>>): RtspResponse {
  const map = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return { type: 'response', status: 200, reason: 'OK', headers: map, body: Buffer.alloc(0) };
}

test('takes Content-Base before Content-Location before the address of the request', () => {
  const both = { 'content-base': 'rtsp://198.51.100.7:8554/a/', 'content-location': 'rtsp://198.51.100.7:8554/b' };
  expect(baseUrlOf(answer(both), REQUEST, undefined)).toBe('rtsp://198.51.100.7:8554/a/');
  expect(baseUrlOf(answer({ 'content-location': both['content-location'] }), REQUEST, undefined)).toBe(
    'rtsp://198.51.100.7:8554/b',
  );
  expect(baseUrlOf(answer({}), REQUEST, undefined)).toBe(REQUEST);
  expect(baseUrlOf(answer({ 'content-base': '' }), REQUEST, undefined)).toBe(REQUEST);
});

test('resolves a relative Content-Base against the request', () => {
  expect(baseUrlOf(answer({ 'content-base': '/live/' }), REQUEST, undefined)).toBe('rtsp://198.51.100.7:8554/live/');
  expect(baseUrlOf(answer({ 'content-base': '*' }), REQUEST, undefined)).toBe(REQUEST);
});

test('puts the host that was reached in place of one that cannot be', () => {
  const remote = '198.51.100.7';
  for (const host of [
    '0.0.0.0',
    '0.0.0.0:554',
    '127.0.0.1',
    'localhost',
    '192.168.1.10',
    '[::]',
    '[::1]',
    '[fe80::1]',
    '',
  ]) {
    expect(reachableUrl(`rtsp://${host}/x/`, REQUEST, remote)).toBe('rtsp://198.51.100.7:8554/x/');
  }
  for (const host of ['203.0.113.9', 'cam.example', '[2001:db8::1]:554']) {
    expect(reachableUrl(`rtsp://${host}/x/`, REQUEST, remote)).toBe(`rtsp://${host}/x/`);
  }
  // Two private networks may well reach each other, and a name is judged by where it led.
  expect(reachableUrl('rtsp://10.0.0.9/x', 'rtsp://cam/x', '192.168.1.2')).toBe('rtsp://10.0.0.9/x');
  expect(reachableUrl('rtsp://127.0.0.1/x', 'rtsp://cam/x', '::ffff:10.0.0.4')).toBe('rtsp://cam/x');
  expect(reachableUrl('rtsp://127.0.0.1:9/x', 'rtsp://127.0.0.1:8/x', '127.0.0.1')).toBe('rtsp://127.0.0.1:9/x');
});

test('drops credentials, and keeps an encrypted connection’s scheme', () => {
  expect(reachableUrl('rtsp://u:p@203.0.113.9/x', REQUEST, undefined)).toBe('rtsp://203.0.113.9/x');
  expect(reachableUrl('rtsp://203.0.113.9:554/x', 'rtsps://203.0.113.9/y', undefined)).toBe('rtsps://203.0.113.9/x');
});

import { expect, test } from 'vitest';
import { reachedHttpUrl, reachedRtspUrl } from './reached-address.ts';

const behindRouter = {
  serviceUrl: 'http://city.example:8081/onvif/device_service',
  reportedUrl: 'http://192.168.1.64/onvif/device_service',
};

test('keeps the host where the device was reached, and the port that a router put before it', () => {
  expect(reachedHttpUrl('http://192.168.1.64/onvif/media', behindRouter)).toBe('http://city.example:8081/onvif/media');
  expect(reachedHttpUrl('http://192.168.1.64:9000/events', behindRouter)).toBe('http://city.example:9000/events');
  expect(reachedHttpUrl('http://admin:secret@10.0.0.9/x http://10.0.0.9/y', behindRouter)).toBe(
    'http://city.example/x'.replace('example', 'example:8081'),
  );
});

test('keeps path and port of a stream address, and drops what stands before the @', () => {
  expect(reachedRtspUrl('rtsp://192.168.1.64:554/cam?channel=1&subtype=0', behindRouter)).toBe(
    'rtsp://city.example:554/cam?channel=1&subtype=0',
  );
  expect(reachedRtspUrl('rtsp://u:p@0.0.0.0/live', behindRouter)).toBe('rtsp://city.example/live');
  expect(reachedRtspUrl('rtsp://[fe80::1]:8554/a', { serviceUrl: 'http://[2001:db8::2]/onvif' })).toBe(
    'rtsp://[2001:db8::2]:8554/a',
  );
});

test('has no address for what is none', () => {
  for (const text of [undefined, '', 'nonsense', 'ftp://10.0.0.9/x', 'javascript:alert(1)', 'http://'])
    expect(reachedHttpUrl(text, behindRouter)).toBeUndefined();
  expect(() => reachedRtspUrl('http://10.0.0.9/', behindRouter)).toThrow(/RTSP/);
});

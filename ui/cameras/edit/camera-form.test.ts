import { expect, test } from 'vitest';
import { emptyForm, inputOf, withPastedUrl, wrongFields } from './camera-form.ts';

const form = { ...emptyForm, name: ' 滨河路口 ', url: 'rtsp://10.0.0.8:554/Streaming/101' };

test('takes a pasted address apart into address, user and password', () => {
  const pasted = withPastedUrl(emptyForm, 'rtsp://admin:p%40ss:w@10.0.0.8:554/ch1');
  expect(pasted).toMatchObject({ url: 'rtsp://10.0.0.8:554/ch1', username: 'admin', password: 'p@ss:w' });
});

test('leaves an address without credentials as it is typed', () => {
  expect(withPastedUrl(emptyForm, 'rtsp://10.0.').url).toBe('rtsp://10.0.');
});

test('does not send what was left empty, above all not the password', () => {
  const input = inputOf(form, []);
  expect(input.name).toBe('滨河路口');
  expect(Object.keys(input)).not.toContain('password');
  expect(Object.keys(input)).not.toContain('latitude');
  expect(Object.keys(input)).not.toContain('subUrl');
});

test('sends the analysis profile with its rate only where it has one', () => {
  expect(inputOf({ ...form, analysis: 'fps', analysisFps: '7.5' }, []).analysis).toEqual({ mode: 'fps', fps: 7.5 });
  expect(inputOf(form, []).analysis).toEqual({ mode: 'keyframes' });
});

test('names the fields that are wrong', () => {
  expect(wrongFields(form)).toEqual([]);
  expect(
    wrongFields({
      ...emptyForm,
      url: 'http://x',
      latitude: '91',
      longitude: 'east',
      analysis: 'fps',
      analysisFps: '99',
    }),
  ).toEqual(['name', 'url', 'latitude', 'longitude', 'analysisFps']);
  expect(wrongFields({ ...form, subUrl: 'http://x/2', recording: { ...form.recording, retention: '0' } })).toEqual([
    'subUrl',
    'retention',
  ]);
});

test('a trusted certificate goes with an encrypted address only', () => {
  const trusted = { ...form, certificateSha256: 'ab'.repeat(32), transport: 'udp' as const };
  expect(inputOf(trusted, [])).toMatchObject({ certificateSha256: '', transport: 'udp' });
  expect(inputOf({ ...trusted, url: 'rtsps://10.0.0.8/1' }, []).certificateSha256).toBe('ab'.repeat(32));
});

import { expect, test } from 'vitest';
import { recordingFormOf, recordingOf, wrongRecordingFields } from './recording-form.ts';

const policy = {
  mode: 'scheduled' as const,
  preRollSeconds: 5,
  postRollSeconds: 10,
  retentionHours: 72,
  schedule: { timeZone: 'Asia/Shanghai', windows: [{ days: [1 as const], from: '08:00', to: '18:00' }] },
};

test('a policy goes through the form unchanged', () => {
  expect(recordingOf(recordingFormOf(policy))).toEqual(policy);
  expect(recordingOf(recordingFormOf({ ...policy, mode: 'off', retentionHours: 50 }))).toEqual({
    ...policy,
    mode: 'off',
    retentionHours: 50,
  });
});

test('days are sent as hours, and what is empty is left to the deployment', () => {
  const form = { ...recordingFormOf({ mode: 'continuous' }), retention: '7', retentionUnit: 'days' as const };
  expect(recordingOf(form)).toEqual({ mode: 'continuous', retentionHours: 168 });
  expect(recordingOf({ ...form, retention: ' ' })).toEqual({ mode: 'continuous' });
});

test('names what is wrong, but only what the mode shows', () => {
  const wrong = { ...recordingFormOf(policy), preRollSeconds: '99', segmentSeconds: 'x', retention: '0', windows: [] };
  expect(wrongRecordingFields(wrong)).toEqual(['segmentSeconds', 'retention', 'windows']);
  expect(wrongRecordingFields({ ...wrong, mode: 'on_event' })).toEqual([
    'preRollSeconds',
    'segmentSeconds',
    'retention',
  ]);
  expect(wrongRecordingFields({ ...wrong, mode: 'off', retention: '' })).toEqual([]);
  expect(wrongRecordingFields({ ...recordingFormOf(policy), timeZone: 'Mars/Olympus' })).toEqual(['timeZone']);
});

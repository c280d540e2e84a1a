import type { RecordingPolicy } from '#api/contract/cameras.ts';
import type { Say } from '../../shared/i18n.ts';
import { browserTimeZone, isTimeZone, type RecordingWindow } from './schedule.ts';

/** A recording policy as typed. Empty numbers are those of the deployment. */
export interface RecordingForm {
  readonly mode: RecordingPolicy['mode'];
  readonly preRollSeconds: string;
  readonly postRollSeconds: string;
  readonly segmentSeconds: string;
  readonly retention: string;
  readonly retentionUnit: 'hours' | 'days';
  readonly timeZone: string;
  readonly windows: readonly RecordingWindow[];
}

export const recordingModes = ['continuous', 'on_event', 'scheduled', 'off'] as const;

export const recordingNumbers = {
  preRollSeconds: { least: 0, most: 60 },
  postRollSeconds: { least: 1, most: 600 },
  segmentSeconds: { least: 2, most: 600 },
  retention: { least: 1, most: 87_600 },
} as const;
export type RecordingNumber = keyof typeof recordingNumbers;
export type WrongRecordingField = RecordingNumber | 'windows' | 'timeZone';

export function recordingFormOf(policy: RecordingPolicy): RecordingForm {
  const { mode, preRollSeconds, postRollSeconds, segmentSeconds, retentionHours, schedule } = policy;
  const isDays = retentionHours === undefined || retentionHours % 24 === 0;
  return {
    mode,
    preRollSeconds: preRollSeconds?.toString() ?? '',
    postRollSeconds: postRollSeconds?.toString() ?? '',
    segmentSeconds: segmentSeconds?.toString() ?? '',
    retention: retentionHours === undefined ? '' : String(isDays ? retentionHours / 24 : retentionHours),
    retentionUnit: isDays ? 'days' : 'hours',
    timeZone: schedule?.timeZone ?? browserTimeZone(),
    windows: schedule?.windows ?? [],
  };
}

/** Whole number in the field; undefined: left empty; NaN: not one that can be taken. */
function numberOf(form: RecordingForm, name: RecordingNumber): number | undefined {
  const text = form[name].trim();
  if (text === '') return undefined;
  const value = Number(text) * (name === 'retention' && form.retentionUnit === 'days' ? 24 : 1);
  const { least, most } = recordingNumbers[name];
  return Number.isInteger(value) && value >= least && value <= most ? value : Number.NaN;
}

/** Only what belongs to the chosen mode can be wrong: the rest is not seen. */
export function wrongRecordingFields(form: RecordingForm): WrongRecordingField[] {
  const asked: readonly RecordingNumber[] = [
    ...(form.mode === 'on_event' ? (['preRollSeconds', 'postRollSeconds'] as const) : []),
    ...(form.mode === 'off' ? [] : (['segmentSeconds'] as const)),
    'retention',
  ];
  const wrong: WrongRecordingField[] = asked.filter((name) => Number.isNaN(numberOf(form, name)));
  if (form.mode === 'scheduled' && form.windows.length === 0) wrong.push('windows');
  if (form.mode === 'scheduled' && !isTimeZone(form.timeZone)) wrong.push('timeZone');
  return wrong;
}

export function recordingOf(form: RecordingForm): RecordingPolicy {
  const value = (name: RecordingNumber): number | undefined => {
    const number = numberOf(form, name);
    return Number.isNaN(number) ? undefined : number;
  };
  const [pre, post, segment, retention] = [
    value('preRollSeconds'),
    value('postRollSeconds'),
    value('segmentSeconds'),
    value('retention'),
  ];
  return {
    mode: form.mode,
    ...(pre === undefined ? {} : { preRollSeconds: pre }),
    ...(post === undefined ? {} : { postRollSeconds: post }),
    ...(segment === undefined ? {} : { segmentSeconds: segment }),
    ...(retention === undefined ? {} : { retentionHours: retention }),
    // A schedule of another mode is kept for when that mode comes back.
    ...(form.windows.length === 0 || !isTimeZone(form.timeZone)
      ? {}
      : { schedule: { timeZone: form.timeZone.trim(), windows: form.windows.map((one) => ({ ...one })) } }),
  };
}

/** `72 h` as people say it: days when it is whole days. */
export function formatHours(hours: number, say: Say): string {
  return hours % 24 === 0 ? say('camera.days', { count: hours / 24 }) : say('camera.hours', { count: hours });
}

import type { ProbeStep } from '#api/contract/cameras.ts';

export type StepName = ProbeStep['step'];
const ofRtsp: readonly StepName[] = ['address', 'reached', 'rtsp', 'signed_in', 'profile', 'picture'];
const ofOnvif: readonly StepName[] = [
  'address',
  'reached',
  'onvif',
  'signed_in',
  'profiles',
  'rtsp',
  'profile',
  'picture',
];

/** The steps to show: a camera without ONVIF that answers at a usual address goes the shorter way. */
export function shownSteps(isRtsp: boolean, steps: readonly ProbeStep[]): readonly StepName[] {
  const has = (name: StepName): boolean => steps.some(({ step }) => step === name);
  return isRtsp || (!has('onvif') && has('rtsp')) ? ofRtsp : ofOnvif;
}

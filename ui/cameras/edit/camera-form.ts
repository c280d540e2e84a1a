import type { Camera, CameraInput } from '#api/contract/cameras.ts';
import {
  type RecordingForm,
  recordingFormOf,
  recordingOf,
  wrongRecordingFields,
  type WrongRecordingField,
} from './recording-form.ts';

/** The form as typed; numbers are text until they are sent. */
export interface CameraForm {
  readonly name: string;
  readonly number: string;
  readonly area: string;
  readonly scene: 'road' | 'kitchen';
  readonly url: string;
  readonly subUrl: string;
  readonly username: string;
  readonly password: string;
  readonly latitude: string;
  readonly longitude: string;
  readonly transport: NonNullable<CameraInput['transport']>;
  /** Of the certificate that is trusted; empty: its authority is checked. */
  readonly certificateSha256: string;
  /** What a probe of this form found; undefined: as it is stored. */
  readonly onvif: CameraInput['onvif'];
  readonly recording: RecordingForm;
  readonly analysis: 'off' | 'keyframes' | 'fps';
  readonly analysisFps: string;
}

export const emptyForm: CameraForm = {
  name: '',
  number: '',
  area: '',
  scene: 'road',
  url: 'rtsp://',
  subUrl: '',
  username: '',
  password: '',
  latitude: '',
  longitude: '',
  transport: 'auto',
  certificateSha256: '',
  onvif: undefined,
  recording: recordingFormOf({ mode: 'continuous' }),
  analysis: 'keyframes',
  analysisFps: '5',
};

export function formOf(camera: Camera): CameraForm {
  return {
    name: camera.name,
    number: camera.number,
    area: camera.area,
    scene: camera.scene,
    url: camera.url,
    subUrl: camera.subUrl ?? '',
    username: camera.username ?? '',
    password: '',
    latitude: camera.latitude?.toString() ?? '',
    longitude: camera.longitude?.toString() ?? '',
    transport: camera.transport ?? 'auto',
    certificateSha256: camera.certificateSha256 ?? '',
    onvif: undefined,
    recording: recordingFormOf(camera.recording),
    analysis: camera.analysis.mode,
    analysisFps: camera.analysis.mode === 'fps' ? camera.analysis.fps.toString() : emptyForm.analysisFps,
  };
}

function numberIn(text: string, lowest: number, highest: number): number | undefined {
  const value = Number(text.trim());
  return text.trim() !== '' && value >= lowest && value <= highest ? value : undefined;
}

export type WrongField = 'name' | 'url' | 'subUrl' | 'latitude' | 'longitude' | 'analysisFps' | WrongRecordingField;

const rtspAddress = /^rtsps?:\/\/[^\s/@]+(\/\S*)?$/;

/** Fields that cannot be sent as they are. */
export function wrongFields(form: CameraForm): WrongField[] {
  const wrong: WrongField[] = [];
  if (form.name.trim() === '') wrong.push('name');
  if (!rtspAddress.test(form.url.trim())) wrong.push('url');
  if (form.subUrl.trim() !== '' && !rtspAddress.test(form.subUrl.trim())) wrong.push('subUrl');
  if (form.latitude.trim() !== '' && numberIn(form.latitude, -90, 90) === undefined) wrong.push('latitude');
  if (form.longitude.trim() !== '' && numberIn(form.longitude, -180, 180) === undefined) wrong.push('longitude');
  if (form.analysis === 'fps' && numberIn(form.analysisFps, 0.2, 15) === undefined) wrong.push('analysisFps');
  return [...wrong, ...wrongRecordingFields(form.recording)];
}

/** What is sent. An empty password is left out, which keeps the one that is stored; rules pass through untouched. */
export function inputOf(form: CameraForm, rules: CameraInput['rules']): CameraInput {
  const latitude = numberIn(form.latitude, -90, 90);
  const longitude = numberIn(form.longitude, -180, 180);
  const fps = numberIn(form.analysisFps, 0.2, 15) ?? 5;
  const text = (name: 'subUrl' | 'username' | 'password'): Partial<Record<typeof name, string>> =>
    form[name].trim() === '' ? {} : { [name]: form[name].trim() };
  return {
    name: form.name.trim(),
    number: form.number.trim(),
    area: form.area.trim(),
    scene: form.scene,
    url: form.url.trim(),
    recording: recordingOf(form.recording),
    transport: form.transport,
    certificateSha256: isEncrypted(form.url) ? form.certificateSha256 : '',
    analysis: form.analysis === 'fps' ? { mode: 'fps', fps } : { mode: form.analysis },
    rules,
    ...(form.onvif === undefined ? {} : { onvif: form.onvif }),
    ...text('subUrl'),
    ...text('username'),
    ...(form.password === '' ? {} : { password: form.password }),
    ...(latitude === undefined ? {} : { latitude }),
    ...(longitude === undefined ? {} : { longitude }),
  };
}

export function isEncrypted(url: string): boolean {
  return url.trim().toLowerCase().startsWith('rtsps://');
}

/** `rtsp://user:password@host/…`, as people paste it, taken apart: credentials do not belong into the address. */
export function withPastedUrl<
  Form extends { readonly url: string; readonly username: string; readonly password: string },
>(form: Form, url: string): Form {
  const match = /^((?:rtsps?|https?):\/\/)([^\s/@:]+)(?::([^\s/]*))?@([^\s@]+)$/.exec(url.trim());
  if (!match) return { ...form, url };
  const [, scheme = '', username = '', password = '', rest = ''] = match;
  const plain = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  return {
    ...form,
    url: scheme + rest,
    username: plain(username),
    password: password === '' ? form.password : plain(password),
  };
}

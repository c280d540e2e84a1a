import type { Camera, CameraInput } from '#api/contract/cameras.ts';

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
  /** Passes through; the form only switches it off and on. */
  readonly recording: CameraInput['recording'];
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
  recording: { mode: 'continuous' },
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
    recording: camera.recording,
    analysis: camera.analysis.mode,
    analysisFps: camera.analysis.mode === 'fps' ? camera.analysis.fps.toString() : emptyForm.analysisFps,
  };
}

function numberIn(text: string, lowest: number, highest: number): number | undefined {
  const value = Number(text.trim());
  return text.trim() !== '' && value >= lowest && value <= highest ? value : undefined;
}

export type WrongField = 'name' | 'url' | 'latitude' | 'longitude' | 'analysisFps';

/** Fields that cannot be sent as they are. */
export function wrongFields(form: CameraForm): WrongField[] {
  const wrong: WrongField[] = [];
  if (form.name.trim() === '') wrong.push('name');
  if (!/^rtsps?:\/\/[^\s/@]+(\/\S*)?$/.test(form.url.trim())) wrong.push('url');
  if (form.latitude.trim() !== '' && numberIn(form.latitude, -90, 90) === undefined) wrong.push('latitude');
  if (form.longitude.trim() !== '' && numberIn(form.longitude, -180, 180) === undefined) wrong.push('longitude');
  if (form.analysis === 'fps' && numberIn(form.analysisFps, 0.2, 15) === undefined) wrong.push('analysisFps');
  return wrong;
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
    recording: form.recording,
    analysis: form.analysis === 'fps' ? { mode: 'fps', fps } : { mode: form.analysis },
    rules,
    ...text('subUrl'),
    ...text('username'),
    ...(form.password === '' ? {} : { password: form.password }),
    ...(latitude === undefined ? {} : { latitude }),
    ...(longitude === undefined ? {} : { longitude }),
  };
}

/** `rtsp://user:password@host/…`, as people paste it, taken apart: credentials do not belong into the address. */
export function withPastedUrl(form: CameraForm, url: string): CameraForm {
  const match = /^(rtsps?:\/\/)([^\s/@:]+)(?::([^\s/]*))?@([^\s@]+)$/.exec(url.trim());
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

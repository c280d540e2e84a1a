import { ingestErrors } from '#ingest/errors.ts';
import { parseFingerprint } from '#ingest/rtsp/fingerprint.ts';
import type { Camera as DomainCamera, CameraState as DomainState } from '#ingest/cameras/camera.ts';
import type { Camera, CameraInput, CameraState } from './contract/cameras.ts';
import { iso } from './time-range.ts';

/** The sentence of an error code, as pages show it; undefined for a code of a newer version. */
export function reasonOf(code: string | undefined): CameraState['reason'] {
  const factory = Object.entries(ingestErrors).find(([known]) => known === code)?.[1];
  if (!factory) return undefined;
  const { en, zh, remedyEn, remedyZh } = factory.text;
  return { en, zh, remedyEn, remedyZh };
}

export function toCameraState(state: DomainState | undefined, nowMs: number): CameraState {
  if (!state) return { status: 'disabled', since: iso(nowMs), bitrateKbps: 0, framesPerSecond: 0, lossRatio: 0 };
  const reason = reasonOf(state.errorCode);
  return {
    status: state.status,
    since: iso(state.sinceMs),
    bitrateKbps: state.bitrateKbps,
    framesPerSecond: state.framesPerSecond,
    lossRatio: state.lossRatio,
    ...(state.errorCode === undefined ? {} : { errorCode: state.errorCode }),
    ...(reason ? { reason } : {}),
    ...(state.nextRetryMs === undefined ? {} : { nextRetry: iso(state.nextRetryMs) }),
    ...(state.lastPacketMs === undefined ? {} : { lastPacket: iso(state.lastPacketMs) }),
    ...(state.widthPx === undefined ? {} : { widthPx: state.widthPx }),
    ...(state.heightPx === undefined ? {} : { heightPx: state.heightPx }),
    ...(state.codecString === undefined ? {} : { codec: state.codecString }),
    ...(state.transport === undefined ? {} : { transport: state.transport }),
  };
}

export function toCameraView(camera: DomainCamera, state: CameraState, recordingSinceMs: number | undefined): Camera {
  const url = (kind: 'main' | 'sub'): string | undefined => camera.streams.find((stream) => stream.kind === kind)?.url;
  const subUrl = url('sub');
  return {
    id: camera.id,
    name: camera.name,
    number: camera.number,
    area: camera.area,
    scene: camera.scene,
    url: url('main') ?? '',
    isRecording: camera.isRecording,
    analysis: camera.analysis,
    rules: camera.rules.map(copyRule),
    hasPassword: camera.password !== undefined,
    state,
    ...(camera.latitude === undefined ? {} : { latitude: camera.latitude }),
    ...(camera.longitude === undefined ? {} : { longitude: camera.longitude }),
    ...(subUrl === undefined ? {} : { subUrl }),
    ...(camera.username === undefined ? {} : { username: camera.username }),
    transport: camera.transport ?? 'auto',
    ...(camera.certificateSha256 === undefined ? {} : { certificateSha256: camera.certificateSha256 }),
    ...(recordingSinceMs === undefined ? {} : { recordingSince: iso(recordingSinceMs) }),
  };
}

function copyRule(rule: DomainCamera['rules'][number]): Camera['rules'][number] {
  return rule.kind === 'line' ? { ...rule } : { ...rule, zone: [...rule.zone] };
}

/** What the registry stores of a form. */
export function fromCameraInput(input: CameraInput): Omit<DomainCamera, 'id' | 'password'> {
  return {
    name: input.name,
    number: input.number,
    area: input.area,
    scene: input.scene,
    latitude: input.latitude,
    longitude: input.longitude,
    streams: [{ kind: 'main', url: input.url }, ...(input.subUrl ? [{ kind: 'sub' as const, url: input.subUrl }] : [])],
    username: input.username === '' ? undefined : input.username,
    ...(input.transport === undefined ? {} : { transport: input.transport }),
    ...(input.certificateSha256 === undefined ? {} : { certificateSha256: parseFingerprint(input.certificateSha256) }),
    isRecording: input.isRecording,
    analysis: input.analysis,
    rules: input.rules,
  };
}

import { GroundPlane } from '#analyzers/attributes/ground-plane.ts';
import { analyzerErrors } from '#analyzers/errors.ts';
import { type AddressProbeResult, CLOCK_TOLERANCE_MS } from '#ingest/cameras/address-probe.ts';
import { ingestErrors } from '#ingest/errors.ts';
import { parseFingerprint } from '#ingest/rtsp/fingerprint.ts';
import type { Camera as DomainCamera, CameraState as DomainState } from '#ingest/cameras/camera.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import type { Camera, CameraInput, CameraState, FoundCamera, RecordingPolicy } from './contract/cameras.ts';
import type { MediaProfile } from '#ingest/onvif/media-profiles.ts';
import { parseRtspUrl } from '#ingest/rtsp/rtsp-url.ts';
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
    ...(state.soundCodec === undefined ? {} : { sound: state.soundCodec }),
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
    recording: toRecordingView(camera.recording),
    analysis: camera.analysis,
    rules: camera.rules.map(copyRule),
    ...(camera.onvif ? { onvif: camera.onvif } : {}),
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

function toRecordingView(policy: DomainCamera['recording']): RecordingPolicy {
  const { mode, segmentSeconds, retentionHours, preRollSeconds, postRollSeconds, schedule } = policy;
  return {
    mode,
    preRollSeconds,
    postRollSeconds,
    ...(segmentSeconds === undefined ? {} : { segmentSeconds }),
    ...(retentionHours === undefined ? {} : { retentionHours }),
    ...(schedule
      ? {
          schedule: {
            timeZone: schedule.timeZone,
            windows: schedule.windows.map((window) => ({ ...window, days: [...window.days] })),
          },
        }
      : {}),
  };
}

function copyRule(rule: DomainCamera['rules'][number]): Camera['rules'][number] {
  if (rule.kind === 'line') return { ...rule };
  if (rule.kind === 'calibration') return { ...rule, points: rule.points.map((point) => ({ ...point })) };
  return { ...rule, zone: [...rule.zone] };
}

/**
 * What the registry stores of a form.
 * @param known the camera as it is, when it is changed
 * @throws {AppError} `RECORDING_SCHEDULE_INVALID`, `CALIBRATION_UNUSABLE`, `CALIBRATION_TWICE`
 */
export function fromCameraInput(input: CameraInput, known?: DomainCamera): Omit<DomainCamera, 'id' | 'password'> {
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
    recording: recordingPolicy(input.recording),
    analysis: input.analysis,
    rules: checkedRules(input.rules),
    onvif: input.onvif === undefined ? keptOnvif(input.url, known) : (input.onvif ?? undefined),
  };
}

/** A calibration that cannot be used is refused here, where somebody can mend it. */
function checkedRules(rules: CameraInput['rules']): CameraInput['rules'] {
  const calibrations = rules.filter((rule) => rule.kind === 'calibration');
  if (calibrations.length > 1) throw analyzerErrors.CALIBRATION_TWICE();
  for (const { points } of calibrations) new GroundPlane(points);
  return rules;
}

/** A form that knows nothing of ONVIF does not make a camera forget it; at another host it is another camera. */
function keptOnvif(url: string, known: DomainCamera | undefined): DomainCamera['onvif'] {
  const before = known?.streams.find(({ kind }) => kind === 'main')?.url;
  if (!known?.onvif || before === undefined) return undefined;
  return parseRtspUrl(before).host === parseRtspUrl(url).host ? known.onvif : undefined;
}

/** What a probe found, for a form. */
export function toFoundCamera(found: AddressProbeResult['found']): FoundCamera | undefined {
  if (!found) return undefined;
  const { information, clockOffsetMs = 0 } = found;
  return {
    streams: found.streams.map(({ kind, url, profile }) => ({
      kind,
      url,
      ...(profile ? { profile: toProfile(profile) } : {}),
    })),
    profiles: found.profiles.map(toProfile),
    hasPtz: found.onvif?.hasPtz ?? false,
    isClockOff: Math.abs(clockOffsetMs) > CLOCK_TOLERANCE_MS,
    ...(found.onvif ? { onvif: found.onvif } : {}),
    ...information,
    ...(found.clockOffsetMs === undefined ? {} : { clockOffsetMs: Math.round(found.clockOffsetMs) }),
  };
}

function toProfile(profile: MediaProfile): FoundCamera['profiles'][number] {
  const { service, token, name, codec, widthPx, heightPx, framesPerSecond, bitrateKbps } = profile;
  return {
    service,
    token,
    name,
    codec,
    widthPx,
    heightPx,
    ...(framesPerSecond === undefined ? {} : { framesPerSecond }),
    ...(bitrateKbps === undefined ? {} : { bitrateKbps }),
  };
}

import type { Clock } from '#infra/runtime/clock.ts';
import type { AccessUnit, AudioFrame } from '../media.ts';
import { AacDepacketizer, G711Depacketizer } from '../rtp/audio-depacketizer.ts';
import { AudioReceiver } from '../rtp/audio-receiver.ts';
import { VideoReceiver } from '../rtp/video-receiver.ts';
import {
  type AudioTrack,
  selectAudioTrack,
  selectVideoTrack,
  type SessionDescription,
  type VideoTrack,
} from './sdp.ts';
import type { TrackPlan } from './track-plan.ts';

export interface TrackReaders {
  readonly clock: Clock;
  /** True while packets are read in turns: when they were read says little about when they came. @default false */
  arrivesInTurns?(): boolean;
  onAccessUnit(unit: AccessUnit): void;
  /** Left out: the camera's sound is not asked for. */
  onAudioFrame?(frame: AudioFrame): void;
}

export interface SessionPlan {
  readonly video: VideoReceiver;
  readonly videoTrack: VideoTrack;
  /** What the camera offers, asked for or not. */
  readonly sound: AudioTrack | undefined;
  /** To be set up in this order. One that may be missing is optional. */
  readonly tracks: readonly TrackPlan[];
}

/** @throws {AppError} `RTSP_NO_VIDEO`, `CODEC_UNSUPPORTED` */
export function planTracks(description: SessionDescription, baseUrl: string, readers: TrackReaders): SessionPlan {
  const { clock } = readers;
  const videoTrack = selectVideoTrack(description, baseUrl);
  const { codec, payloadType, parameterSets, controlUrl } = videoTrack;
  const video = new VideoReceiver({
    codec,
    payloadType,
    parameterSets,
    clock,
    arrivesInTurns: () => readers.arrivesInTurns?.() ?? false,
    onAccessUnit: (unit) => readers.onAccessUnit(unit),
  });
  const pictures: TrackPlan = { kind: 'video', controlUrl, isOptional: false, receiver: video };
  const sound = selectAudioTrack(description, baseUrl);
  const tracks = sound && readers.onAudioFrame ? [pictures, planSound(sound, video, readers)] : [pictures];
  return { video, videoTrack, sound, tracks };
}

function planSound(track: AudioTrack, pictures: VideoReceiver, readers: TrackReaders): TrackPlan {
  const { payloadType, format, frameSamples, auHeaders, controlUrl } = track;
  const receiver = new AudioReceiver({
    payloadType,
    format,
    depacketizer: auHeaders ? new AacDepacketizer(auHeaders, frameSamples) : new G711Depacketizer(format.channels),
    clock: readers.clock,
    pictureOffsets: () => pictures.clockOffsets,
    onAudioFrame: (frame) => readers.onAudioFrame?.(frame),
  });
  return { kind: 'audio', controlUrl, isOptional: true, receiver };
}

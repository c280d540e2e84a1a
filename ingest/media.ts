/** The words that every stage of the media path shares. */

/** Branded so that a camera's id is never mixed up with another string. */
export type CameraId = string & { readonly brand: 'CameraId' };

export function cameraId(text: string): CameraId {
  return text as CameraId;
}

export type StreamKind = 'main' | 'sub';
export type VideoCodec = 'h264' | 'h265';

/** What a decoder or a player must know before the first picture. */
export interface VideoFormat {
  readonly codec: VideoCodec;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Parameter sets, without start code or length; `vps` for H.265 only. */
  readonly vps?: Uint8Array;
  readonly sps: Uint8Array;
  readonly pps: Uint8Array;
  /** RFC 6381, e.g. `avc1.42e01f`. */
  readonly codecString: string;
}

/** One encoded picture: all NAL units of one sampling instant (H.264 §3.1 'access unit'). */
export interface AccessUnit {
  readonly format: VideoFormat;
  /** 90 kHz, unwrapped, counts from the start of the session; never wall time. */
  readonly pts90k: number;
  /** UTC epoch milliseconds of capture: sender reports when there are some, else arrival. */
  readonly wallMs: number;
  /** Arrival of the last packet, monotonic milliseconds: for latency figures only. */
  readonly arrivedMs: number;
  /** Decoding can start here: an IDR picture, in H.265 also CRA and BLA. */
  readonly isKeyFrame: boolean;
  /** NAL units without start codes or lengths; parameter sets and AUD are left out (see `format`). */
  readonly nalUnits: readonly Uint8Array[];
  readonly sizeBytes: number;
  /** A packet of it was lost or malformed: record it, but do not decode it as a lone key frame. */
  readonly damaged: boolean;
}

export type AudioCodec = 'aac' | 'pcma' | 'pcmu';

export interface AudioFormat {
  readonly codec: AudioCodec;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1); empty for G.711. */
  readonly config: Uint8Array;
  /** RFC 6381, e.g. `mp4a.40.2`; `pcma` and `pcmu` for G.711. */
  readonly codecString: string;
}

/** Encoded sound: one AAC access unit, or the G.711 samples of one packet. */
export interface AudioFrame {
  readonly format: AudioFormat;
  /** 90 kHz, on the time line of the pictures: aligned by sender reports when there are some, else by arrival. */
  readonly pts90k: number;
  readonly wallMs: number;
  /** Samples of one channel in it. */
  readonly samples: number;
  readonly bytes: Uint8Array;
}

/** Why recording or live pictures are missing. Stored, and shown to people. */
export type GapCause =
  | 'camera_unreachable'
  | 'camera_rejected'
  | 'stream_stalled'
  | 'stream_error'
  | 'codec_unsupported'
  | 'disk_full'
  | 'disk_slow'
  | 'disk_error'
  | 'service_stopped'
  | 'settings_changed'
  | PlannedGapCause;

/** Not recorded because it was not to be: switched off, outside the schedule's windows, or no event happened. */
export type PlannedGapCause = 'recording_off' | 'outside_schedule' | 'no_event';

/** A decoded picture, RGB, top row first. */
export interface Frame {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  /** Of the access unit that it was decoded from. */
  readonly pts90k: number;
  readonly wallMs: number;
  /** Size of the decoded picture (after scaling). */
  readonly widthPx: number;
  readonly heightPx: number;
  /** uint8 [heightPx, widthPx, 3], RGB; lies in shared memory so that a worker thread reads it without a copy. */
  readonly pixels: SharedArrayBuffer;
  /** Gives the memory back. Must be called exactly once, when nobody reads `pixels` any more. */
  release(): void;
}

/** Where a recording came from: recorded as it happened, or fetched later from the camera's own card. */
export type SegmentSource = 'live' | 'card';

/** One recorded file: fragmented MP4, begins with a key frame, playable alone. */
export interface SegmentRecord {
  readonly segmentId: string;
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  /** Relative to the recording folder, e.g. `cam-1/2026-11-23/18/180405-0190….mp4`. */
  readonly path: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly frames: number;
  readonly sizeBytes: number;
  readonly codecString: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** @default live */
  readonly source?: SegmentSource | undefined;
}

/** A stretch without recording. `endMs` is undefined while it lasts. */
export interface RecordingGap {
  readonly gapId: string;
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  readonly startMs: number;
  readonly endMs: number | undefined;
  readonly cause: GapCause;
  /** Code of docs/errors.md, when an error ended the session. */
  readonly errorCode: string | undefined;
}

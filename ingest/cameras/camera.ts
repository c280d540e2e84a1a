import { isDeepStrictEqual } from 'node:util';
import type { AudioCodec, CameraId, StreamKind } from '../media.ts';
import type { RecordingPolicy } from '../recorder/recording-policy.ts';
import type { RecordingSchedule } from '../recorder/recording-schedule.ts';

export type CameraScene = 'road' | 'kitchen';

/** A normalised point, 0..1 of the frame, origin top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How pictures are picked for analysis: key frames only (cheap, every camera), or `fps` pictures a second (tracking). */
export type AnalysisProfile =
  | { readonly mode: 'off' }
  | { readonly mode: 'keyframes'; readonly secondLook?: SecondLook }
  | { readonly mode: 'fps'; readonly fps: number; readonly secondLook?: SecondLook };

/** Whether small, far objects get another look: at the upper half of the picture, or at tiles of it. @default none */
export type SecondLook = 'none' | 'upper' | 'tiles';

/** How a camera's packets are to come: `auto` asks for TCP, and takes UDP from a camera that refuses it. */
export type TransportChoice = 'auto' | 'tcp' | 'udp';

/** How they do come: inside the RTSP connection, in clear or encrypted, or as datagrams beside it. */
export type Transport = 'tcp' | 'tls' | 'udp';

export interface StreamSource {
  readonly kind: StreamKind;
  /** `rtsp://host[:port]/path` or `rtsps://…`, without credentials. */
  readonly url: string;
}

/** A media profile of an ONVIF device: Media2 is profile T, Media1 profile S. */
export interface OnvifProfile {
  readonly service: 'media' | 'media2';
  readonly token: string;
}

/** How a camera is steered and asked over ONVIF; user name and password are those of its streams. */
export interface CameraOnvif {
  /** Of the device service, without credentials. */
  readonly serviceUrl: string;
  readonly main: OnvifProfile;
  readonly sub?: OnvifProfile;
  readonly hasPtz: boolean;
  /** It records on its own card (profile G). */
  readonly hasRecordings: boolean;
  /** It tells events, motion among them; undefined: not known, since it was added by an older version. */
  readonly hasEvents?: boolean;
}

export interface Camera {
  readonly id: CameraId;
  readonly name: string;
  /** The city's own number of it, as painted on the pole. */
  readonly number: string;
  readonly area: string;
  readonly scene: CameraScene;
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
  readonly streams: readonly StreamSource[];
  readonly username: string | undefined;
  /** In clear only in memory; sealed in the database. */
  readonly password: string | undefined;
  /** @default auto */
  readonly transport?: TransportChoice | undefined;
  /** SHA-256 of the certificate that it shows on `rtsps` addresses, hexadecimal; undefined: its authority is checked. */
  readonly certificateSha256?: string | undefined;
  readonly recording: RecordingPolicy;
  readonly analysis: AnalysisProfile;
  readonly rules: readonly CameraRule[];
  readonly onvif?: CameraOnvif | undefined;
  /** Of a kitchen's camera, once it was set up. */
  readonly kitchen?: KitchenSetup | undefined;
}

/** What is drawn in a kitchen's picture. No item of the catalogue looks at `hand wash` and `entrance` yet; they are kept for those that will. */
export const KITCHEN_ZONE_USES = ['stove', 'bin', 'floor', 'work place', 'hand wash', 'entrance'] as const;
export type KitchenZoneUse = (typeof KITCHEN_ZONE_USES)[number];

export interface KitchenZone {
  readonly id: string;
  readonly use: KitchenZoneUse;
  readonly name: string;
  /** At least three corners. */
  readonly points: readonly Point[];
}

/** What a kitchen is compared with. */
export interface KitchenSetup {
  /** As they were drawn; the rules are made from them. Undefined: its rules were never made from zones. */
  readonly zones?: readonly KitchenZone[] | undefined;
  /** When people may be in it; undefined: not known, and nothing is outside of it. */
  readonly openingHours?: RecordingSchedule | undefined;
  /** The kitchen as it should look: bins closed, floor clean and dry. */
  readonly reference?: KitchenReference | undefined;
}

export interface KitchenReference {
  /** Of the blob store, a JPEG. */
  readonly pictureKey: string;
  /** UTC epoch milliseconds of the picture. */
  readonly takenAtMs: number;
}

/** Whether sessions and recording of a camera can go on as they are after it was edited. */
export function isSameForIngest(a: Camera, b: Camera): boolean {
  return isDeepStrictEqual(ingestPartOf(a), ingestPartOf(b));
}

function ingestPartOf(camera: Camera): object {
  const { streams, username, password, transport, certificateSha256, recording } = camera;
  return {
    streams: streams.map(({ kind, url }) => ({ kind, url })),
    username,
    password,
    transport: transport ?? 'auto',
    certificateSha256,
    // How long it is kept is the business of those who delete.
    recording: { ...recording, retentionHours: undefined },
  };
}

/** What a camera is watched for. Data, kept in the database, edited by people. */
export type CameraRule =
  | { readonly kind: 'line'; readonly id: string; readonly name: string; readonly from: Point; readonly to: Point }
  | {
      readonly kind: 'dwell';
      readonly id: string;
      readonly name: string;
      readonly zone: readonly Point[];
      readonly dwellMs: number;
    }
  | {
      readonly kind: 'hygiene';
      readonly id: string;
      readonly name: string;
      /** Code of the hygiene catalogue, e.g. `flame_unattended`, `bin_open`. */
      readonly item: string;
      readonly zone: readonly Point[];
      readonly graceMs: number;
    }
  | {
      /** Where detections count (`interest`), or never count (`ignore`). A detection is where its box touches the ground. */
      readonly kind: 'region';
      readonly id: string;
      readonly name: string;
      readonly use: 'interest' | 'ignore';
      readonly zone: readonly Point[];
    }
  | {
      /** Four points of the ground, in the picture and in metres on a plane of the camera's own: makes speeds possible. */
      readonly kind: 'calibration';
      readonly id: string;
      readonly name: string;
      readonly points: readonly GroundPoint[];
    };

/** A point of the picture and where it lies on the ground, in metres along two axes at right angles. */
export interface GroundPoint extends Point {
  readonly acrossMetres: number;
  readonly alongMetres: number;
}

/** What the supervisor knows of a camera right now. */
export type CameraStatus = 'connecting' | 'live' | 'stalled' | 'offline' | 'rejected' | 'unsupported' | 'disabled';

export interface CameraState {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  readonly status: CameraStatus;
  /** Since when this status holds, UTC epoch milliseconds. */
  readonly sinceMs: number;
  readonly errorCode: string | undefined;
  readonly nextRetryMs: number | undefined;
  readonly lastPacketMs: number | undefined;
  readonly bitrateKbps: number;
  readonly framesPerSecond: number;
  /** Share of RTP packets lost over the last 10 s, 0..1. */
  readonly lossRatio: number;
  readonly widthPx: number | undefined;
  readonly heightPx: number | undefined;
  readonly codecString: string | undefined;
  /** Of the sound that it offers; undefined: none that is recorded, or it was not live yet. */
  readonly soundCodec?: AudioCodec | undefined;
  /** While it is live. */
  readonly transport?: Transport | undefined;
}

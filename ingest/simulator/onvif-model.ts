import type { Credentials, DigestAlgorithm } from '../rtsp/rtsp-auth.ts';
import type { OnvifAuthentication } from './onvif-sign-in.ts';

/** Token of the one lens that a simulated device has. */
export const VIDEO_SOURCE = 'source-1';

/** A stream that a simulated device offers as a media profile. */
export interface OnvifStream {
  /** Token of the profile. */
  readonly token: string;
  readonly name: string;
  /** Where the RTSP simulator plays it. */
  readonly rtspUrl: string;
  readonly codec: 'H264' | 'H265';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerSecond: number;
  readonly bitrateKbps: number;
}

/** A recording on the card of a simulated device, UTC epoch milliseconds on its own clock. */
export interface OnvifCardRecording {
  readonly token: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Where it can be replayed. */
  readonly rtspUrl: string;
}

/** What a simulated device does wrong. */
export type OnvifFaultMode =
  /** Answers only after this long. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Answers with this text in place of what was asked for. */
  | { readonly kind: 'garbage'; readonly text: string }
  /** Answers with this HTTP status and an empty page. */
  | { readonly kind: 'status'; readonly status: number };

export interface OnvifDeviceModel {
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly location: string;
  readonly streams: readonly OnvifStream[];
  readonly recordings: readonly OnvifCardRecording[];
  readonly hasPtz: boolean;
  /** Profile T; without it profile S alone. */
  readonly hasMedia2: boolean;
  /** Old firmware knows GetCapabilities only. */
  readonly hasGetServices: boolean;
}

export interface OnvifDeviceOptions extends Partial<OnvifDeviceModel> {
  readonly streams: readonly OnvifStream[];
  /** 0 takes any free port. */
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly bind?: string;
  readonly credentials?: Credentials | undefined;
  /** @default both */
  readonly authentication?: OnvifAuthentication;
  /** @default MD5 */
  readonly digestAlgorithm?: DigestAlgorithm;
  /** How far its clock is ahead of ours. @default 0 */
  readonly clockOffsetMs?: number;
  /** Host that it puts into all its addresses in place of its own, as behind a router. */
  readonly reportedHost?: string;
  /** A motion alarm begins after each `everyMs` and goes on for `lastsMs`. */
  readonly motion?: { readonly everyMs: number; readonly lastsMs: number };
  /** JPEG of the snapshot address; there is no such address without it. */
  readonly snapshot?: Buffer;
  /** Called when a client asks for a key frame of a profile. */
  readonly onSynchronize?: (profileToken: string) => void;
}

import Type, { type Static } from 'typebox';
import { IsoTime } from './common.ts';

/** GET /api/live/ways: how live pictures can reach this browser. `webrtc` false: `reason*` says why, and the page shows it. */
export const LiveWays = Type.Object({
  webrtc: Type.Boolean(),
  reasonEn: Type.Optional(Type.String()),
  reasonZh: Type.Optional(Type.String()),
});
export type LiveWays = Static<typeof LiveWays>;

/** POST /api/live/tokens: for a WHEP player. Watching with it is written down as a look of the user who asked for it. */
export const LiveTokenRequest = Type.Object({
  cameraId: Type.String({ minLength: 1, maxLength: 64 }),
  /** Left out: 60. */
  minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1440 })),
});
export type LiveTokenRequest = Static<typeof LiveTokenRequest>;

/** `path` takes the offer, with `Authorization: Bearer` and the token. */
export const LiveToken = Type.Object({ token: Type.String(), path: Type.String(), expiresAt: IsoTime });
export type LiveToken = Static<typeof LiveToken>;

/**
 * WebSocket /api/live/webrtc: signalling for one transport per browser, a consumer per tile. JSON text messages.
 * `rtpCapabilities` and the other mediasoup objects are opaque to the contract (mediasoup-client types on both ends).
 * Requests carry `id`; each is answered by `{ id, ok: true, … }` or `{ id, ok: false, code, titleEn, titleZh }`.
 */
export type WebrtcRequest =
  | { id: number; type: 'open'; rtpCapabilities?: unknown }
  | { id: number; type: 'connect'; dtlsParameters: unknown }
  | {
      id: number;
      type: 'watch';
      tileId: string;
      cameraId: string;
      /** What the tile is large enough for; changed later by `prefer`. */
      stream: 'main' | 'sub';
      /** False: this browser would rather have H.265 over the fallback. */
      mayTranscode: boolean;
      rtpCapabilities: unknown;
    }
  | { id: number; type: 'prefer'; tileId: string; stream: 'main' | 'sub' }
  | { id: number; type: 'resume'; tileId: string }
  | { id: number; type: 'pause'; tileId: string }
  | { id: number; type: 'unwatch'; tileId: string };

/** Answer to `open`: { routerRtpCapabilities, transport: { id, iceParameters, iceCandidates, dtlsParameters } }; to `watch`: { consumer: { id, producerId, kind, rtpParameters } }. */
export type WebrtcAnswer =
  | { id: number; ok: true; [key: string]: unknown }
  | { id: number; ok: false; code: string; titleEn: string; titleZh: string };

/** Unasked messages of the server: a camera of a tile changed its state, or the worker died and the tile must be watched anew. */
export type WebrtcNotice = { type: 'tile.ended'; tileId: string; code: string } | { type: 'server.restarting' };

/**
 * WebSocket /api/live/fmp4?camera=ID&stream=main|sub: the fallback; without `stream`, or where the camera has no such one, what suits most. First a JSON text message {@link Fmp4Start}, then binary messages:
 * the init segment, then a fragment (moof+mdat) per access unit, the first of them a key frame. A new Fmp4Start may come at any time
 * (the camera changed its format or came back): the player begins anew. Each fragment is preceded by nothing; its `tfdt` is 90 kHz from the start.
 * The server sends `{type:'lag', droppedFrames}` after it had to skip to the next key frame for a slow reader, and `{type:'quiet'}`
 * every few seconds while the camera sends nothing: the way is good, there is only no picture.
 */
export type Fmp4Message =
  | {
      type: 'start';
      mimeType: string;
      widthPx: number;
      heightPx: number /** wall time of the first access unit, ISO */;
      startTime: string;
    }
  | { type: 'lag'; droppedFrames: number }
  | { type: 'quiet' }
  | { type: 'ended'; code: string; titleEn: string; titleZh: string };

import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '#infra/runtime/clock.ts';
import {
  type HeadersToWrite,
  type RtspRequest,
  RtspReader,
  headerOf,
  writeRtspResponse,
} from '../rtsp/rtsp-message.ts';
import { CardPlayback, parseClockRange } from './card-playback.ts';
import { CameraPlayback, type PacketSink } from './camera-playback.ts';
import { type AuthenticationScheme, CredentialGuard } from './credential-guard.ts';
import type { ClipSound } from './clip.ts';
import type { PacingWheel } from './pacing-wheel.ts';
import { interleavedSink, udpSink } from './packet-sinks.ts';
import { describeSession, SOUND_TRACK_ID, VIDEO_TRACK } from './session-description.ts';
import type { SimulatedCamera } from './simulated-camera.ts';
import { SoundPlayback } from './sound-playback.ts';

export interface ConnectionDeps {
  readonly cameraAt: (path: string) => SimulatedCamera | undefined;
  readonly wheel: PacingWheel;
  readonly clock: Clock;
  readonly random: () => number;
  readonly authentication: AuthenticationScheme;
  readonly sessionTimeoutMs: number;
}

/** Behind the path of a camera: what its card holds. */
export const CARD_PATH = '/card';

const METHODS = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN';
const NOT_RTSP = 'HTTP/1.1 400 Bad Request\r\nServer: web\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nwhat';
interface OpenSink {
  readonly sink: PacketSink;
  readonly close?: () => void;
}

/** Requests for which a camera asks who it is. */
const GUARDED = new Set(['DESCRIBE', 'SETUP', 'PLAY']);

/** One client of the simulator: answers its requests and plays one camera to it. */
export class ViewerConnection {
  readonly #socket: Socket;
  readonly #deps: ConnectionDeps;
  readonly #guard: CredentialGuard;
  readonly #sessionId = randomBytes(8).toString('hex');
  #camera: SimulatedCamera | undefined;
  /** Of each track that was set up, by its number. */
  readonly #sinks = new Map<number, OpenSink>();
  #playback: CameraPlayback | CardPlayback | undefined;
  #sound: SoundPlayback | undefined;
  #isReplay = false;
  #timeout: { cancel(): void } | undefined;
  /** SETUP over UDP waits for ports; requests are answered one after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(socket: Socket, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#guard = new CredentialGuard(deps.authentication);
    socket.setNoDelay(true);
    const reader = new RtspReader({
      onMessage: (message) => {
        if (message.type !== 'request') return;
        this.#queue = this.#queue
          .then(() => this.#answer(message))
          .catch(() => {
            socket.destroy();
          });
      },
      // The client's RTCP; that it came is all that matters.
      onInterleaved: () => this.#touch(),
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => this.close());
    this.#touch();
  }

  get camera(): SimulatedCamera | undefined {
    return this.#camera;
  }

  close(): void {
    this.#timeout?.cancel();
    this.#endPlayback();
    for (const { close } of this.#sinks.values()) close?.();
    this.#sinks.clear();
    this.#socket.destroy();
  }

  #endPlayback(): void {
    this.#playback?.close();
    this.#playback = undefined;
    this.#sound?.close();
    this.#sound = undefined;
  }

  #touch(): void {
    this.#timeout?.cancel();
    this.#timeout = this.#deps.clock.setTimeout(() => this.close(), this.#deps.sessionTimeoutMs);
  }

  async #answer(request: RtspRequest): Promise<void> {
    this.#touch();
    const reply = (status: number, reason: string, headers: HeadersToWrite = {}, body = ''): void => {
      if (!this.#socket.writable) return;
      const cseq = headerOf(request, 'cseq');
      this.#socket.write(writeRtspResponse(status, reason, { CSeq: cseq, Server: 'Vantage', ...headers }, body));
    };
    if (request.method === 'OPTIONS' && request.uri === '*') return reply(200, 'OK', { Public: METHODS });
    const path = pathOf(request.uri);
    this.#isReplay = path.endsWith(CARD_PATH);
    const camera = this.#deps.cameraAt(this.#isReplay ? path.slice(0, -CARD_PATH.length) : path);
    if (camera?.fault('not-rtsp')) {
      this.#socket.end(NOT_RTSP);
      return;
    }
    if (camera?.fault('disconnect')) return this.close();
    if (request.method === 'OPTIONS') return reply(200, 'OK', { Public: METHODS });
    if (!camera || (this.#isReplay && !camera.card)) return reply(404, 'Not Found');
    if (GUARDED.has(request.method) && !this.#isAllowed(request, camera)) {
      return reply(401, 'Unauthorized', { 'WWW-Authenticate': this.#guard.challenges });
    }
    switch (request.method) {
      case 'DESCRIBE':
        return reply(
          200,
          'OK',
          { 'Content-Base': `${request.uri.replace(/\/$/, '')}/`, 'Content-Type': 'application/sdp' },
          describe(camera, this.#isReplay),
        );
      case 'SETUP':
        return this.#setUp(request, camera, reply);
      case 'PLAY':
        return this.#play(request, reply);
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return reply(200, 'OK', { Session: this.#sessionId });
      case 'TEARDOWN':
        this.#endPlayback();
        reply(200, 'OK', { Session: this.#sessionId });
        this.#socket.end();
        return;
      default:
        return reply(501, 'Not Implemented', { Public: METHODS });
    }
  }

  #isAllowed(request: RtspRequest, camera: SimulatedCamera): boolean {
    if (camera.fault('wrong-password')) return false;
    if (!camera.credentials) return true;
    return this.#guard.isAllowed(request.method, headerOf(request, 'authorization'), camera.credentials);
  }

  async #setUp(request: RtspRequest, camera: SimulatedCamera, reply: Reply): Promise<void> {
    if (this.#playback) return reply(455, 'Method Not Valid in This State');
    const trackId = trackOf(request.uri);
    if (trackId !== VIDEO_TRACK.id && (trackId !== SOUND_TRACK_ID || !soundOf(camera, this.#isReplay)))
      return reply(404, 'Not Found');
    const session = { Session: `${this.#sessionId};timeout=${Math.round(this.#deps.sessionTimeoutMs / 1000)}` };
    for (const offer of (headerOf(request, 'transport') ?? '').split(',')) {
      if (/^\s*RTP\/AVP\/TCP/i.test(offer)) {
        if (camera.fault('no-tcp')) continue;
        const channels = /interleaved=(\d{1,3})(?:-(\d{1,3}))?/i.exec(offer);
        const rtpChannel = Math.min(Number(channels?.[1] ?? 0), 254);
        const rtcpChannel = Math.min(Number(channels?.[2] ?? rtpChannel + 1), 255);
        this.#useSink(camera, trackId, { sink: interleavedSink(this.#socket, rtpChannel, rtcpChannel) });
        const transport = `RTP/AVP/TCP;unicast;interleaved=${rtpChannel}-${rtcpChannel}`;
        return reply(200, 'OK', { ...session, Transport: transport });
      }
      const ports = /^\s*RTP\/AVP(?:\/UDP)?;.*client_port=(\d{1,5})-(\d{1,5})/i.exec(offer);
      const host = this.#socket.remoteAddress;
      if (ports && host && !/multicast/i.test(offer) && !camera.fault('no-udp')) {
        const sink = await udpSink({
          host,
          localAddress: this.#socket.localAddress,
          client: { rtp: Number(ports[1]), rtcp: Number(ports[2]) },
          reorderRatio: () => camera.fault('reorder')?.ratio ?? 0,
          random: this.#deps.random,
          clock: this.#deps.clock,
          onSign: () => this.#touch(),
        });
        this.#useSink(camera, trackId, { sink, close: () => sink.close() });
        if (this.#socket.destroyed) return this.close();
        const { rtp, rtcp } = sink.serverPorts;
        const transport = `RTP/AVP;unicast;client_port=${ports[1]}-${ports[2]};server_port=${rtp}-${rtcp}`;
        return reply(200, 'OK', { ...session, Transport: transport });
      }
    }
    reply(461, 'Unsupported Transport');
  }

  #useSink(camera: SimulatedCamera, trackId: number, open: OpenSink): void {
    this.#sinks.get(trackId)?.close?.();
    this.#camera = camera;
    this.#sinks.set(trackId, open);
  }

  #play(request: RtspRequest, reply: Reply): void {
    const { wheel, clock, random } = this.#deps;
    const camera = this.#camera;
    const sink = this.#sinks.get(VIDEO_TRACK.id)?.sink;
    if (!camera || !sink) return reply(455, 'Method Not Valid in This State');
    if (this.#isReplay) return this.#replay(request, camera, sink, reply);
    if (this.#playback instanceof CardPlayback) return reply(455, 'Method Not Valid in This State');
    const isNew = !this.#playback;
    this.#playback ??= new CameraPlayback({ camera, sink, wheel, clock, random });
    const soundSink = this.#sinks.get(SOUND_TRACK_ID)?.sink;
    const { sound } = camera.clip;
    if (isNew && soundSink && sound)
      this.#sound = new SoundPlayback({ camera, sound, sink: soundSink, wheel, clock, random });
    const url = request.uri.replace(/\/$/, '');
    const infoOf = (trackId: number, playback: CameraPlayback | SoundPlayback): string => {
      const { sequenceNumber, timestamp } = playback.rtpInfo;
      return `url=${url}/trackID=${trackId};seq=${sequenceNumber};rtptime=${timestamp}`;
    };
    const infos = [infoOf(VIDEO_TRACK.id, this.#playback)];
    if (this.#sound) infos.push(infoOf(SOUND_TRACK_ID, this.#sound));
    reply(200, 'OK', { Session: this.#sessionId, Range: 'npt=now-', 'RTP-Info': infos.join(',') });
    if (!isNew) return;
    this.#playback.start();
    this.#sound?.start();
  }

  /** @see ONVIF Streaming Specification, Replay */
  #replay(request: RtspRequest, camera: SimulatedCamera, sink: PacketSink, reply: Reply): void {
    const { card } = camera;
    const isAsked = /\bonvif-replay\b/i.test(headerOf(request, 'require') ?? '');
    if (!card || !isAsked || card.fault?.kind === 'refused') return reply(403, 'Forbidden');
    const range = parseClockRange(headerOf(request, 'range'));
    if (!range) return reply(457, 'Invalid Range');
    card.noteReplay();
    this.#endPlayback();
    const playback = new CardPlayback({
      camera,
      card,
      fromDeviceMs: range.fromMs,
      toDeviceMs: range.toMs,
      cseq: Number(headerOf(request, 'cseq')) || 0,
      sink,
      wheel: this.#deps.wheel,
      clock: this.#deps.clock,
      breakOff: () => this.close(),
    });
    if (!playback.hasPictures) return reply(457, 'Invalid Range');
    reply(200, 'OK', { Session: this.#sessionId, Range: headerOf(request, 'range') });
    playback.start();
    this.#playback = playback;
  }
}

type Reply = (status: number, reason: string, headers?: HeadersToWrite, body?: string) => void;

function describe(camera: SimulatedCamera, isReplay: boolean): string {
  const { format, pictures, duration90k } = camera.clip;
  return describeSession({
    format,
    framesPerSecond: (pictures.length * 90_000) / duration90k,
    sound: soundOf(camera, isReplay)?.format,
    offersJpeg: camera.fault('mjpeg') !== undefined,
  });
}

/** Cards hold pictures alone. */
function soundOf({ clip }: SimulatedCamera, isReplay: boolean): ClipSound | undefined {
  return isReplay ? undefined : clip.sound;
}

/** Without a number: the pictures. */
function trackOf(uri: string): number {
  return Number(/\/trackID=(\d+)/i.exec(uri)?.[1] ?? VIDEO_TRACK.id);
}

/** `rtsp://host:port/cam/1/trackID=1?x` → `/cam/1` */
function pathOf(uri: string): string {
  const path = /^rtsps?:\/\/[^/]*(\/[^?#]*)/i.exec(uri)?.[1] ?? uri;
  return path.replace(/\/trackID=\d+$/i, '').replace(/\/+$/, '');
}

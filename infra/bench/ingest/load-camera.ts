import type { Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import {
  type HeadersToWrite,
  headerOf,
  type RtspRequest,
  RtspReader,
  writeInterleavedHeader,
  writeRtspResponse,
} from '#ingest/rtsp/rtsp-message.ts';
import { senderReport } from '#ingest/rtp/sender-report.ts';
import { LOAD_PAYLOAD_TYPE, type LoadClip, type LoadPicture } from './load-clip.ts';

/** Pictures that wait for a reader that is too slow; what comes on top is left out, and counted. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;
const REPORT_INTERVAL_MS = 5000;

export interface LoadCameraDeps {
  readonly socket: Socket;
  /** Shared by all cameras of the process; a picture's `bytes` may be exchanged. */
  readonly clip: SharedClip;
  /** Called once, at PLAY; the pictures are then asked for with `sendPicture`. */
  onPlay(camera: LoadCamera): void;
}

export interface SharedClip extends Omit<LoadClip, 'pictures'> {
  readonly pictures: readonly { -readonly [K in keyof LoadPicture]: LoadPicture[K] }[];
}

/** One connection is one camera, whatever its path: sequence numbers, time stamps and source of its own. */
export class LoadCamera {
  readonly #deps: LoadCameraDeps;
  readonly #ssrc = randomBytes(4).readUInt32BE();
  readonly #firstTimestamp = randomBytes(4).readUInt32BE();
  readonly #ticksPerPicture: number;
  #path = '';
  #sequenceNumber = randomBytes(2).readUInt16BE();
  #at = 0;
  #sent = 0;
  #leftOut = 0;
  #octets = 0;
  #packets = 0;
  #nextReportMs = 0;

  constructor(deps: LoadCameraDeps) {
    this.#deps = deps;
    this.#ticksPerPicture = Math.round(90_000 / deps.clip.framesPerSecond);
    const reader = new RtspReader({
      onMessage: (message) => {
        if (message.type === 'request') this.#answer(message);
      },
      onInterleaved: () => undefined,
    });
    deps.socket.setNoDelay(true);
    deps.socket.on('error', () => undefined);
    deps.socket.on('data', (bytes: Buffer) => {
      try {
        reader.push(bytes);
      } catch {
        deps.socket.destroy();
      }
    });
  }

  /** Of the address that it was asked for, e.g. `/cam/1`. */
  get path(): string {
    return this.#path;
  }

  /** Handed to the kernel, or waiting for it. */
  get framesSent(): number {
    return this.#sent;
  }

  /** Pictures that were left out, because the reader is too slow. */
  get framesLeftOut(): number {
    return this.#leftOut;
  }

  get isDrained(): boolean {
    return this.#deps.socket.destroyed || this.#deps.socket.writableLength === 0;
  }

  /** The next picture, with this camera's numbers. The first one is a key frame. */
  sendPicture(nowMs: number): void {
    const { socket, clip } = this.#deps;
    if (!socket.writable) return;
    const index = this.#at++;
    if (socket.writableLength > MAX_BACKLOG_BYTES) {
      this.#leftOut++;
      return;
    }
    const picture = clip.pictures[index % clip.pictures.length];
    if (!picture) return;
    const timestamp = (this.#firstTimestamp + index * this.#ticksPerPicture) >>> 0;
    if (nowMs >= this.#nextReportMs) this.#sendReport(nowMs, timestamp);
    const { bytes, packetOffsets } = picture;
    let sequenceNumber = this.#sequenceNumber;
    for (const offset of packetOffsets) {
      put16(bytes, offset + 2, sequenceNumber);
      put32(bytes, offset + 4, timestamp);
      put32(bytes, offset + 8, this.#ssrc);
      sequenceNumber = (sequenceNumber + 1) & 0xffff;
    }
    this.#sequenceNumber = sequenceNumber;
    this.#packets += packetOffsets.length;
    this.#octets += bytes.length - 16 * packetOffsets.length;
    this.#sent++;
    socket.write(bytes);
    // What the kernel did not take at once still lies in these bytes: the other cameras go on with a copy.
    if (socket.writableLength > 0) picture.bytes = Buffer.from(bytes);
  }

  #sendReport(nowMs: number, rtpTimestamp: number): void {
    const isFirst = this.#nextReportMs === 0;
    this.#nextReportMs = nowMs + (isFirst ? REPORT_INTERVAL_MS * Math.random() : REPORT_INTERVAL_MS);
    const report = senderReport({
      ssrc: this.#ssrc,
      wallMs: Date.now(),
      rtpTimestamp,
      packetsSent: this.#packets,
      octetsSent: this.#octets,
      canonicalName: `camera-${this.#ssrc}`,
    });
    const bytes = Buffer.alloc(4 + report.length);
    report.copy(bytes, writeInterleavedHeader(bytes, 0, 1, report.length));
    this.#deps.socket.write(bytes);
  }

  #answer(request: RtspRequest): void {
    const { socket, clip } = this.#deps;
    const session = `${this.#ssrc.toString(16)};timeout=60`;
    const reply = (status: number, reason: string, headers: HeadersToWrite = {}, body = ''): void => {
      const cseq = headerOf(request, 'cseq');
      socket.write(writeRtspResponse(status, reason, { CSeq: cseq, ...headers }, body));
    };
    switch (request.method) {
      case 'OPTIONS':
        return reply(200, 'OK', { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN' });
      case 'DESCRIBE':
        this.#path = URL.parse(request.uri)?.pathname ?? '';
        return reply(
          200,
          'OK',
          { 'Content-Base': `${request.uri}/`, 'Content-Type': 'application/sdp' },
          describe(clip),
        );
      case 'SETUP':
        if (!/TCP/.test(headerOf(request, 'transport') ?? '')) return reply(461, 'Unsupported Transport');
        return reply(200, 'OK', { Session: session, Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' });
      case 'PLAY':
        reply(200, 'OK', { Session: session, Range: 'npt=now-' });
        return this.#deps.onPlay(this);
      case 'TEARDOWN':
        reply(200, 'OK', { Session: session });
        socket.end();
        return;
      default:
        return reply(200, 'OK', { Session: session });
    }
  }
}

function put16(bytes: Buffer, offset: number, value: number): void {
  bytes[offset] = value >> 8;
  bytes[offset + 1] = value;
}

function put32(bytes: Buffer, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

/** @see RFC 8866, RFC 6184 §8.2.1 */
function describe({ format, framesPerSecond }: SharedClip): string {
  const sets = [format.sps, format.pps].map((set) => Buffer.from(set).toString('base64')).join(',');
  const profile = Buffer.from(format.sps.subarray(1, 4)).toString('hex');
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=load',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    `m=video 0 RTP/AVP ${LOAD_PAYLOAD_TYPE}`,
    `a=rtpmap:${LOAD_PAYLOAD_TYPE} H264/90000`,
    `a=fmtp:${LOAD_PAYLOAD_TYPE} packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets}`,
    `a=framerate:${framesPerSecond}`,
    'a=control:track1',
    '',
  ].join('\r\n');
}

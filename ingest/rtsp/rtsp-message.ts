import { ingestErrors } from '../errors.ts';

/** Names in lower case; a header that came several times keeps all its values, in order. */
export type RtspHeaders = ReadonlyMap<string, readonly string[]>;

export interface RtspRequest {
  readonly type: 'request';
  readonly method: string;
  readonly uri: string;
  readonly headers: RtspHeaders;
  readonly body: Buffer;
}

export interface RtspResponse {
  readonly type: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: RtspHeaders;
  readonly body: Buffer;
}

export type RtspMessage = RtspRequest | RtspResponse;

/** Headers to write; a list becomes one line each. */
export type HeadersToWrite = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface RtspReaderHandlers {
  onMessage(message: RtspMessage): void;
  /** The packet lies from `start` to `end` in bytes that are valid during the call only: copy what is kept. */
  onInterleaved(channel: number, bytes: Buffer, start: number, end: number): void;
}

export interface RtspReaderLimits {
  readonly headerSizeBytes: number;
  readonly bodySizeBytes: number;
}

const DEFAULT_LIMITS: RtspReaderLimits = { headerSizeBytes: 16 * 1024, bodySizeBytes: 128 * 1024 };

const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;
const INTERLEAVED_HEADER_SIZE_BYTES = 4;
const STATUS_LINE = /^RTSP\/\d\.\d (\d{3})(?: (.*))?$/;
const REQUEST_LINE = /^([A-Z_]+) (\S+) RTSP\/\d\.\d$/;
const EMPTY = Buffer.alloc(0);

/** The first value of a header, or undefined. `name` in lower case. */
export function headerOf(message: RtspMessage, name: string): string | undefined {
  return message.headers.get(name)?.[0];
}

/** The request as bytes for the wire; adds Content-Length when there is a body. */
export function writeRtspRequest(method: string, uri: string, headers: HeadersToWrite, body = ''): Buffer {
  return writeMessage(`${method} ${uri} RTSP/1.0`, headers, body);
}

/** The response as bytes for the wire; adds Content-Length when there is a body. */
export function writeRtspResponse(status: number, reason: string, headers: HeadersToWrite, body = ''): Buffer {
  return writeMessage(`RTSP/1.0 ${status} ${reason}`, headers, body);
}

function writeMessage(startLine: string, headers: HeadersToWrite, body: string): Buffer {
  const lines = [startLine];
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${String(one)}`);
  }
  if (body) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  if (lines.some((line) => /[\r\n]/.test(line))) throw ingestErrors.CAMERA_URL_INVALID({ detail: 'line break' });
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'utf8');
}

/**
 * The four bytes in front of a binary packet on the RTSP connection.
 * @see RFC 2326 §10.12
 */
export function writeInterleavedHeader(target: Buffer, offset: number, channel: number, sizeBytes: number): number {
  target.writeUInt8(DOLLAR, offset);
  target.writeUInt8(channel, offset + 1);
  target.writeUInt16BE(sizeBytes, offset + 2);
  return offset + INTERLEAVED_HEADER_SIZE_BYTES;
}

/**
 * Cuts the bytes of one RTSP connection into messages and interleaved packets. Packets that lie whole in a chunk are
 * handed on where they lie; only what a chunk border splits is copied, into at most one message or packet of memory.
 *
 * @throws {AppError} from `push`: `RTSP_NOT_RTSP` when the first bytes are another protocol, `RTSP_PROTOCOL` for anything
 * malformed or beyond the limits later; the connection cannot be used after that
 * @see RFC 2326 §4-7, §10.12
 */
export class RtspReader {
  readonly #handlers: RtspReaderHandlers;
  readonly #limits: RtspReaderLimits;
  /** What a chunk border split; `#pendingSize` bytes of it are filled. */
  #pending: Buffer = EMPTY;
  #pendingSize = 0;
  /**
   * What is known of the message that is pending, so that no byte is looked at again and again when they come one by one:
   * where its last line ended so far, and how long it is once its head is there.
   */
  #lineEndSize = 0;
  #neededSize = 0;
  #sawMessage = false;

  constructor(handlers: RtspReaderHandlers, limits: RtspReaderLimits = DEFAULT_LIMITS) {
    this.#handlers = handlers;
    this.#limits = limits;
  }

  push(chunk: Buffer): void {
    let bytes = chunk;
    let offset = 0;
    if (this.#pendingSize > 0) {
      if (this.#pending[0] === DOLLAR) {
        offset = this.#fillPacket(chunk);
        if (this.#pendingSize > 0) return;
      } else {
        this.#keep(chunk, 0, chunk.length);
        if (this.#pendingSize < this.#neededSize) return;
        bytes = this.#pending.subarray(0, this.#pendingSize);
        const used = this.#consume(bytes, 0);
        if (used === 0) return;
        offset = used;
        this.#pending = EMPTY;
        this.#pendingSize = 0;
      }
    }
    while (offset < bytes.length) {
      const used = this.#consume(bytes, offset);
      if (used === 0) {
        this.#keep(bytes, offset, bytes.length - offset);
        return;
      }
      offset += used;
    }
  }

  /** Tops the split packet up from `chunk` and hands it on when whole; returns how much of `chunk` it took. */
  #fillPacket(chunk: Buffer): number {
    let taken = 0;
    const fillTo = (sizeBytes: number): boolean => {
      const part = Math.min(sizeBytes - this.#pendingSize, chunk.length - taken);
      if (part > 0) this.#keep(chunk, taken, part);
      taken += Math.max(part, 0);
      return this.#pendingSize >= sizeBytes;
    };
    if (!fillTo(INTERLEAVED_HEADER_SIZE_BYTES)) return taken;
    if (!fillTo(INTERLEAVED_HEADER_SIZE_BYTES + this.#pending.readUInt16BE(2))) return taken;
    const packet = this.#pending.subarray(0, this.#pendingSize);
    this.#pendingSize = 0;
    this.#consume(packet, 0);
    return taken;
  }

  #keep(source: Buffer, offset: number, sizeBytes: number): void {
    const needed = this.#pendingSize + sizeBytes;
    if (needed > this.#pending.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#pending.length * 2, 2048));
      this.#pending.copy(grown, 0, 0, this.#pendingSize);
      this.#pending = grown;
    }
    source.copy(this.#pending, this.#pendingSize, offset, offset + sizeBytes);
    this.#pendingSize = needed;
  }

  /** Hands on the one item that begins at `offset`; returns its size, 0 when it is not all there yet. */
  #consume(bytes: Buffer, offset: number): number {
    const first = bytes[offset];
    if (first === DOLLAR) {
      if (offset + INTERLEAVED_HEADER_SIZE_BYTES > bytes.length) return 0;
      const start = offset + INTERLEAVED_HEADER_SIZE_BYTES;
      const end = start + bytes.readUInt16BE(offset + 2);
      if (end > bytes.length) return 0;
      this.#handlers.onInterleaved(bytes.readUInt8(offset + 1), bytes, start, end);
      return end - offset;
    }
    // Some servers put empty lines between messages (RFC 2326 §4 asks to ignore them).
    if (first === CR || first === LF) return 1;
    return this.#consumeMessage(bytes, offset);
  }

  #consumeMessage(bytes: Buffer, offset: number): number {
    const lineEnd = bytes.indexOf(LF, offset);
    if (this.#lineEndSize === 0) this.#checkStartLine(bytes, offset, lineEnd);
    const headEnd = lineEnd < 0 ? -1 : endOfHead(bytes, Math.max(lineEnd, offset + this.#lineEndSize - 1));
    const seenSizeBytes = (headEnd < 0 ? bytes.length : headEnd) - offset;
    if (seenSizeBytes > this.#limits.headerSizeBytes) throw this.#broken('headers too long');
    if (headEnd < 0) {
      this.#lineEndSize = lineEnd < 0 ? 0 : bytes.lastIndexOf(LF) + 1 - offset;
      return 0;
    }
    const headers = parseHeaders(bytes.toString('utf8', lineEnd + 1, headEnd));
    const lengthText = headers.get('content-length')?.[0];
    if (lengthText !== undefined && !/^\d{1,9}$/.test(lengthText)) throw this.#broken('content length');
    const bodySizeBytes = Number(lengthText ?? 0);
    if (bodySizeBytes > this.#limits.bodySizeBytes) throw this.#broken('body too long');
    const end = headEnd + bodySizeBytes;
    if (end > bytes.length) {
      this.#neededSize = end - offset;
      return 0;
    }
    this.#lineEndSize = 0;
    this.#neededSize = 0;
    const startLine = bytes.toString('latin1', offset, lineEnd).trimEnd();
    const message = toMessage(startLine, headers, Buffer.from(bytes.subarray(headEnd, end)));
    if (!message) throw this.#broken('start line');
    this.#sawMessage = true;
    this.#handlers.onMessage(message);
    return end - offset;
  }

  #checkStartLine(bytes: Buffer, offset: number, lineEnd: number): void {
    const startLine = bytes.toString('latin1', offset, lineEnd < 0 ? Math.min(bytes.length, offset + 8) : lineEnd);
    if (lineEnd < 0 ? !/^[A-Z_]+(?:[/ ].*)?$/.test(startLine) : !isStartLine(startLine.trimEnd())) {
      throw this.#broken('start line');
    }
  }

  #broken(detail: string): Error {
    return this.#sawMessage ? ingestErrors.RTSP_PROTOCOL({ detail }) : ingestErrors.RTSP_NOT_RTSP({ detail });
  }
}

function isStartLine(line: string): boolean {
  return STATUS_LINE.test(line) || REQUEST_LINE.test(line);
}

/** The offset behind the empty line that ends the headers, or -1. Lines may end with LF alone. */
function endOfHead(bytes: Buffer, firstLineEnd: number): number {
  let lineEnd = firstLineEnd;
  while (lineEnd >= 0) {
    const next = bytes[lineEnd + 1];
    if (next === LF) return lineEnd + 2;
    if (next === CR && bytes[lineEnd + 2] === LF) return lineEnd + 3;
    lineEnd = bytes.indexOf(LF, lineEnd + 1);
  }
  return -1;
}

function parseHeaders(text: string): RtspHeaders {
  const headers = new Map<string, string[]>();
  let last: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    if (/^[ \t]/.test(line) && last && last.length > 0) {
      last.push(`${last.pop() ?? ''} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    last = headers.get(name) ?? [];
    last.push(line.slice(colon + 1).trim());
    headers.set(name, last);
  }
  return headers;
}

function toMessage(startLine: string, headers: RtspHeaders, body: Buffer): RtspMessage | undefined {
  const status = STATUS_LINE.exec(startLine);
  if (status) return { type: 'response', status: Number(status[1]), reason: status[2] ?? '', headers, body };
  const request = REQUEST_LINE.exec(startLine);
  if (!request) return undefined;
  return { type: 'request', method: request[1] ?? '', uri: request[2] ?? '', headers, body };
}

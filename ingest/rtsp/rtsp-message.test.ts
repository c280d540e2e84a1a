import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import {
  headerOf,
  type RtspMessage,
  RtspReader,
  writeInterleavedHeader,
  writeRtspRequest,
  writeRtspResponse,
} from './rtsp-message.ts';

interface Taken {
  readonly messages: RtspMessage[];
  readonly packets: { channel: number; text: string }[];
}

function feed(chunks: readonly Buffer[]): Taken {
  const taken: Taken = { messages: [], packets: [] };
  const reader = new RtspReader({
    onMessage: (message) => taken.messages.push(message),
    onInterleaved: (channel, bytes, start, end) =>
      taken.packets.push({ channel, text: bytes.toString('latin1', start, end) }),
  });
  // Chunks are handed on in a buffer that is used again, as the receive buffer is.
  const shared = Buffer.alloc(chunks.reduce((size, chunk) => Math.max(size, chunk.length), 1));
  for (const chunk of chunks) {
    chunk.copy(shared);
    reader.push(shared.subarray(0, chunk.length));
    shared.fill(0xff);
  }
  return taken;
}

function interleaved(channel: number, text: string): Buffer {
  const bytes = Buffer.alloc(4 + text.length);
  bytes.write(text, writeInterleavedHeader(bytes, 0, channel, text.length), 'latin1');
  return bytes;
}

function codeOf(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : 'not an AppError';
  }
}

const STREAM = Buffer.concat([
  writeRtspResponse(200, 'OK', { CSeq: 1, Public: 'OPTIONS, DESCRIBE' }),
  interleaved(0, 'early packet'),
  writeRtspResponse(200, 'OK', { CSeq: 2, 'Content-Base': 'rtsp://a/b/' }, 'v=0\r\n'),
  Buffer.from('\r\n'),
  interleaved(1, ''),
  writeRtspRequest('GET_PARAMETER', 'rtsp://a/b', { CSeq: 9 }),
  interleaved(0, 'x'.repeat(1400)),
]);

test('gives the same messages and packets however the bytes are cut into chunks', () => {
  const whole = feed([STREAM]);
  expect(whole.messages.map((one) => one.type)).toEqual(['response', 'response', 'request']);
  expect(whole.packets.map((one) => one.channel)).toEqual([0, 1, 0]);
  expect(headerOf(whole.messages[1]!, 'content-base')).toBe('rtsp://a/b/');
  expect(whole.messages[1]!.body.toString()).toBe('v=0\r\n');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 }), (sizes) => {
      const chunks: Buffer[] = [];
      let at = 0;
      for (let index = 0; at < STREAM.length; index++) {
        const size = sizes[index % sizes.length]!;
        chunks.push(STREAM.subarray(at, at + size));
        at += size;
      }
      expect(feed(chunks)).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

test('keeps each value of a header that comes several times, and joins folded lines', () => {
  const bytes = Buffer.from(
    'RTSP/1.0 401 Unauthorized\nWWW-Authenticate: Basic realm="a"\nwww-authenticate: Digest realm="b",\n nonce="c"\n\n',
  );
  const [message] = feed([bytes]).messages;
  expect(message?.headers.get('www-authenticate')).toEqual(['Basic realm="a"', 'Digest realm="b", nonce="c"']);
});

test('says that a web page, a shell or random bytes are not RTSP', () => {
  for (const banner of [
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    '\u0015\u0003\u0001',
    '220 mail',
  ]) {
    expect(codeOf(() => feed([Buffer.from(banner)]))).toBe('RTSP_NOT_RTSP');
  }
});

test('refuses a broken message once RTSP was spoken', () => {
  const good = writeRtspResponse(200, 'OK', { CSeq: 1 });
  expect(codeOf(() => feed([good, Buffer.from('HTTP/1.1 200 OK\r\n\r\n')]))).toBe('RTSP_PROTOCOL');
  expect(codeOf(() => feed([good, Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n')]))).toBe(
    'RTSP_PROTOCOL',
  );
  expect(codeOf(() => feed([good, Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n')]))).toBe(
    'RTSP_PROTOCOL',
  );
});

test('does not collect headers without end', () => {
  const endless = Array.from({ length: 40 }, () => Buffer.from(`X: ${'y'.repeat(1000)}\r\n`));
  expect(codeOf(() => feed([Buffer.from('RTSP/1.0 200 OK\r\n'), ...endless]))).toBe('RTSP_NOT_RTSP');
});

test('does not write a header that would begin a new line', () => {
  expect(codeOf(() => writeRtspRequest('OPTIONS', 'rtsp://a/\r\nX: y', {}))).toBe('CAMERA_URL_INVALID');
});

test('answers any bytes with messages or an AppError, never with another exception', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(STREAM.length).map((end) => Uint8Array.from(STREAM.subarray(0, end))),
    fc
      .tuple(fc.nat(STREAM.length - 1), fc.nat(255))
      .map(([at, value]) => Uint8Array.from(STREAM.map((byte, index) => (index === at ? value : byte)))),
  );
  fc.assert(
    fc.property(bytes, (random) => {
      expect(codeOf(() => feed([Buffer.from(random)]))).not.toBe('not an AppError');
    }),
    { numRuns: 500 },
  );
});

test('looks at no byte again and again when they come one by one', () => {
  const lines = Array.from({ length: 350 }, (_, index) => `H${index}: ${'x'.repeat(30)}\r\n`).join('');
  const bytes = Buffer.from(`RTSP/1.0 200 OK\r\n${lines}Content-Length: 120000\r\n\r\n${'b'.repeat(120_000)}`);
  const before = process.cpuUsage();
  const { messages } = feed(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)));
  const { user, system } = process.cpuUsage(before);
  expect(messages.map(({ body, headers }) => [body.length, headers.size])).toEqual([[120_000, 351]]);
  // Half a minute and more where each byte begins the head anew.
  expect((user + system) / 1e6).toBeLessThan(8);
});

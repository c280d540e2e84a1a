import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A client may ask whether the answer is still the same, and keeps it for that. */
    isConditional?: boolean;
  }
}

/** Less fits into a few packets anyway. */
const MIN_LENGTH = 2048;
/** More costs time that a list of many cameras does not have, and saves little. */
const LEVEL = 4;
const compress = promisify(gzip);

/** Sends JSON compressed to who takes it, and 304 to who has it. @see RFC 9110 §8.4, §8.8.3, §13.1.2 */
export function addCompression(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    const contentType = String(reply.getHeader('content-type') ?? '');
    if (typeof payload !== 'string' || !contentType.startsWith('application/json')) return payload;
    if (request.routeOptions.config.isConditional && reply.statusCode === 200) {
      // Weak: the same list, compressed or not.
      const tag = `W/"${createHash('sha1').update(payload).digest('base64url')}"`;
      reply.header('etag', tag).header('cache-control', 'private, no-cache');
      if (listOf(request.headers['if-none-match']).includes(tag)) {
        reply.code(304).removeHeader('content-type');
        return null;
      }
    }
    if (payload.length < MIN_LENGTH) return payload;
    reply.header('vary', 'accept-encoding');
    if (!takesGzip(request.headers['accept-encoding'])) return payload;
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    return await compress(payload, { level: LEVEL });
  });
}

function listOf(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').map((one) => one.trim());
}

function takesGzip(header: string | string[] | undefined): boolean {
  return listOf(String(header ?? '')).some((one) => /^(gzip|\*)(?!\s*;\s*q=0(\.0*)?\s*$)/i.test(one));
}

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { apiErrors } from './errors.ts';

/**
 * A file, whole or the range asked for.
 * @param beforeBytes what must be done before the first byte leaves: the look is written down
 * @param mostBytes only so much of it is there for others: what is behind is being written
 * @throws {AppError} `NOT_FOUND`
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: string,
  beforeBytes: () => Promise<void>,
  mostBytes: number = Number.POSITIVE_INFINITY,
): Promise<FastifyReply> {
  const wholeBytes = (await stat(file).catch(() => undefined))?.size;
  if (wholeBytes === undefined) throw apiErrors.NOT_FOUND();
  const sizeBytes = Math.min(wholeBytes, mostBytes);
  const range = beginRange(request, reply, sizeBytes);
  if (!range) return reply.send();
  await beforeBytes();
  return reply.send(createReadStream(file, range));
}

/** The same for what is in memory. */
export async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Buffer,
  beforeBytes: () => Promise<void>,
): Promise<FastifyReply> {
  const range = beginRange(request, reply, bytes.length);
  if (!range) return reply.send();
  await beforeBytes();
  return reply.send(bytes.subarray(range.start, range.end + 1));
}

/** Status and headers of the answer. @returns undefined when the range that was asked for lies outside: nothing is sent */
function beginRange(request: FastifyRequest, reply: FastifyReply, sizeBytes: number): ByteRange | undefined {
  const asked = parseByteRange(request.headers.range, sizeBytes);
  void reply.header('accept-ranges', 'bytes');
  if (asked === 'unsatisfiable') {
    void reply.status(416).header('content-range', `bytes */${sizeBytes}`);
    return undefined;
  }
  const range = asked === 'whole' ? { start: 0, end: sizeBytes - 1 } : asked;
  if (asked !== 'whole')
    void reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  void reply.header('content-length', range.end - range.start + 1);
  return range;
}

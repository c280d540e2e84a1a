import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseByteRange } from './byte-range.ts';
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
  const range = parseByteRange(request.headers.range, sizeBytes);
  void reply.header('accept-ranges', 'bytes');
  if (range === 'unsatisfiable') return reply.status(416).header('content-range', `bytes */${sizeBytes}`).send();
  const { start, end } = range === 'whole' ? { start: 0, end: sizeBytes - 1 } : range;
  await beforeBytes();
  if (range !== 'whole') void reply.status(206).header('content-range', `bytes ${start}-${end}/${sizeBytes}`);
  return reply.header('content-length', end - start + 1).send(createReadStream(file, { start, end }));
}

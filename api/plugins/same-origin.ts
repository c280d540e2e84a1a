import type { FastifyRequest } from 'fastify';
import { apiErrors } from '../errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that another site made a browser send. The session cookie is SameSite=Strict already; this is the second lock,
 * and the only one for WebSockets, which are GET and know no preflight.
 * @throws {AppError} `CROSS_SITE`
 */
export function requireSameOrigin(request: FastifyRequest, publicOrigin: string): void {
  const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
  if (SAFE_METHODS.has(request.method) && !isWebSocket) return;
  const { origin } = request.headers;
  // Programs other than browsers send none, and have no cookie to be misused.
  if (origin === undefined) return;
  if (publicOrigin ? origin === publicOrigin : hostOf(origin) === request.headers.host) return;
  throw apiErrors.CROSS_SITE();
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

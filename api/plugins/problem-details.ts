import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AppError, type ErrorKind, toAppError } from '#infra/runtime/app-error.ts';
import { storageErrors } from '#storage/errors.ts';
import type { Problem } from '../contract/common.ts';
import { apiErrors } from '../errors.ts';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid_argument: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  already_exists: 409,
  failed_precondition: 412,
  resource_exhausted: 429,
  internal: 500,
  unavailable: 503,
  deadline_exceeded: 504,
};

const CONNECTION_LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '53300',
]);

function fromFastify(error: FastifyError): AppError | undefined {
  if (error.validation) return apiErrors.REQUEST_INVALID({ field: fieldOf(error) }, error);
  if (error.statusCode === 413) return apiErrors.REQUEST_TOO_LARGE({}, error);
  if (error.statusCode === 429) return apiErrors.TOO_MANY_REQUESTS({}, error);
  if (error.statusCode === 404) return apiErrors.NOT_FOUND({}, error);
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return apiErrors.REQUEST_INVALID({}, error);
  return undefined;
}

function fieldOf(error: FastifyError): string | undefined {
  const first = error.validation?.[0];
  if (!first) return undefined;
  const missing = first.params['missingProperty'];
  const path = first.instancePath.replace(/^\//, '').replaceAll('/', '.');
  return typeof missing === 'string' ? (path ? `${path}.${missing}` : missing) : path || undefined;
}

/** The database being away is no fault of the request: say so, instead of 'internal'. */
function fromDatabase(error: Error & { code?: unknown }): AppError | undefined {
  const codes = [error.code, (error.cause as { code?: unknown } | undefined)?.code];
  const isLost =
    codes.some((code) => typeof code === 'string' && CONNECTION_LOST.has(code)) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message);
  return isLost ? storageErrors.DATABASE_UNAVAILABLE({}, error) : undefined;
}

export function problemOf(error: AppError, requestId: string): Problem {
  const field = error.context['field'];
  return {
    type: `/docs/errors#${error.code.toLowerCase()}`,
    title: error.text.en,
    status: STATUS[error.kind],
    code: error.code,
    titleZh: error.text.zh,
    remedy: error.text.remedyEn,
    remedyZh: error.text.remedyZh,
    requestId,
    ...(typeof field === 'string' ? { field } : {}),
  };
}

/** Every error leaves as RFC 9457 problem+json; the kind decides the status. Causes go to the log, never to the client. */
export function addProblemDetails(app: FastifyInstance): void {
  app.setErrorHandler((thrown: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const error = fromFastify(thrown) ?? fromDatabase(thrown) ?? toAppError(thrown);
    const problem = problemOf(error, request.id);
    if (problem.status >= 500) request.log.error({ err: error, cause: error.cause }, error.code);
    return reply.status(problem.status).type('application/problem+json').send(problem);
  });
}

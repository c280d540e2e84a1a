import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppError, ErrorKind } from '#infra/runtime/app-error.ts';
import { sqlState, toStorageError } from '#storage/errors.ts';
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

function fromRequest(error: FastifyError): AppError | undefined {
  // Text that no column can hold, such as a NUL: the database was the first to look.
  if (sqlState(error)?.startsWith('22')) return apiErrors.REQUEST_INVALID({}, error);
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

export function problemOf(error: AppError, requestId: string): Problem {
  const { field, holder } = error.context;
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
    ...(typeof holder === 'string' ? { holder } : {}),
  };
}

/** Every error leaves as RFC 9457 problem+json; the kind decides the status. Causes go to the log, never to the client. */
export function addProblemDetails(app: FastifyInstance): void {
  app.setErrorHandler((thrown: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    // The database being away is no fault of the request: it says so, instead of 'internal'.
    const error = fromRequest(thrown) ?? toStorageError(thrown);
    const problem = problemOf(error, request.id);
    if (problem.status >= 500) request.log.error({ err: error, cause: error.cause }, error.code);
    return reply.status(problem.status).type('application/problem+json').send(problem);
  });
}

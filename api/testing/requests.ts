import type { LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import type { Role } from '#storage/users/user-repository.ts';
import type { Problem } from '../contract/common.ts';
import type { TestApp } from './test-app.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request without a network, as a user of this role or of none. */
export type Requester = (
  role: Role | undefined,
  method: Method,
  url: string,
  options?: { readonly body?: object | string; readonly headers?: Readonly<Record<string, string>> },
) => Promise<LightMyRequestResponse>;

export function requesterOf({ app, cookie }: TestApp): Requester {
  return (role, method, url, options = {}) =>
    app.inject({
      method,
      url,
      headers: { ...(role ? { cookie: cookie(role) } : {}), ...options.headers },
      ...(options.body === undefined ? {} : { payload: options.body }),
    });
}

/** The body of a failed request, which must be a whole problem as RFC 9457 has it. */
export function problemOf(response: LightMyRequestResponse): Problem {
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const problem = response.json<Problem>();
  expect(problem).toMatchObject({
    status: response.statusCode,
    type: `/docs/errors#${problem.code.toLowerCase()}`,
    title: expect.stringMatching(/\.$/),
    titleZh: expect.stringMatching(/。$/),
    remedy: expect.any(String),
    remedyZh: expect.any(String),
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  return problem;
}

import type { Problem } from '#api/contract/common.ts';

/** What the server answered instead of the thing asked for; `status` 0: it was not reached at all. */
export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }

  get isUnreachable(): boolean {
    return this.problem.status === 0;
  }
}

const sessionLostListeners = new Set<() => void>();

/** Called whenever the server says that nobody is signed in any more. */
export function onSessionLost(listener: () => void): () => void {
  sessionLostListeners.add(listener);
  return () => sessionLostListeners.delete(listener);
}

/** The browser's own words for a server that cannot be reached are in its own language and say nothing; these do. */
const unreachable: Problem = {
  type: 'about:blank',
  title: 'The server cannot be reached.',
  titleZh: '无法连接服务器。',
  status: 0,
  code: 'UI_SERVER_UNREACHABLE',
  remedy: 'Check the network; the page tries again by itself.',
  remedyZh: '请检查网络；页面会自动重试。',
  requestId: '',
};

function unexpected(status: number): Problem {
  return {
    ...unreachable,
    title: 'The server gave an answer that this page does not understand.',
    titleZh: '服务器的回答无法识别。',
    status,
    code: `UI_UNEXPECTED_${status}`,
    remedy: 'Try again; if it stays, tell the administrator the code.',
    remedyZh: '请重试；如仍出现，请把代码告诉管理员。',
  };
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'title' in value;
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json();
    return isProblem(body) ? body : unexpected(response.status);
  } catch {
    return unexpected(response.status);
  }
}

/** fetch with the session cookie; throws {@link ApiProblem}, and lets an abort pass as the browser throws it. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(unreachable);
  }
  if (response.ok) return response;
  if (response.status === 401 && path !== '/api/session') for (const listener of sessionLostListeners) listener();
  throw new ApiProblem(await readProblem(response));
}

/** The answer's type is what the contract says of the path; the server checks it when it writes. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, signal ? { signal } : {});
  return (await response.json()) as T;
}

export async function sendJson<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await request(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(signal ? { signal } : {}),
  });
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Builds `?a=1&b=2`, leaving out what is undefined or empty. */
export function queryString(values: Record<string, string | number | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

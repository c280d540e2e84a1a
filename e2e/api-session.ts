import type { Problem } from '#api/contract/common.ts';
import type { Camera } from '#api/contract/cameras.ts';
import type { FeedEvent } from '#api/contract/events.ts';
import type { Timeline } from '#api/contract/recordings.ts';
import type { SightingPage } from '#api/contract/sightings.ts';
import type { SystemStatus } from '#api/contract/system.ts';

const ANSWER_WITHIN_MS = 30_000;

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** One person at the API, signed in by cookie. Every request ends by itself. */
export class ApiSession {
  readonly url: string;
  #cookie = '';

  constructor(url: string) {
    this.url = url;
  }

  async signIn(username: string, password: string): Promise<void> {
    const response = await this.#fetch('POST', '/api/session', { username, password });
    if (response.status !== 200) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
    this.#cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
  }

  async get<T>(path: string): Promise<Answer<T>> {
    return answer(await this.#fetch('GET', path));
  }

  async post<T>(path: string, body: object): Promise<Answer<T>> {
    return answer(await this.#fetch('POST', path, body));
  }

  async remove(path: string): Promise<void> {
    const { status } = await this.#fetch('DELETE', path);
    if (status !== 204) throw new Error(`${path}: ${status}`);
  }

  /** A stream of server-sent events; ends with the signal. */
  async stream(path: string, signal: AbortSignal): Promise<Response> {
    return await fetch(`${this.url}${path}`, { headers: { cookie: this.#cookie }, signal });
  }

  async cameras(): Promise<Camera[]> {
    return (await this.#expect<Camera[]>('/api/cameras')) ?? [];
  }

  async system(): Promise<SystemStatus> {
    return this.#expect('/api/system');
  }

  async events(kinds: string): Promise<FeedEvent[]> {
    return this.#expect(`/api/events?limit=200&kinds=${kinds}`);
  }

  async timeline(cameraId: string): Promise<Timeline> {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    return this.#expect(`/api/recordings/${cameraId}/timeline?from=${from}&to=${to}`);
  }

  async searchSightings(): Promise<Answer<SightingPage | Problem>> {
    return this.post('/api/sightings/search', {
      purpose: 'e2e test',
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
      limit: 200,
    });
  }

  /** A figure as Prometheus reads it. */
  async metric(name: string): Promise<number> {
    const text = await (await this.#fetch('GET', '/metrics')).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    if (!line) throw new Error(`no metric ${name}`);
    return Number(line.slice(name.length));
  }

  /** What the stream of events tells, until the signal ends it. */
  async *feed(signal: AbortSignal): AsyncGenerator<FeedEvent> {
    const response = await this.stream('/api/events/stream', signal);
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (/^event: event$/m.test(message) && data !== undefined) yield JSON.parse(data) as FeedEvent;
      }
    }
  }

  async bytes(path: string): Promise<{ readonly status: number; readonly sizeBytes: number }> {
    const response = await this.#fetch('GET', path);
    return { status: response.status, sizeBytes: (await response.arrayBuffer()).byteLength };
  }

  async #expect<T>(path: string): Promise<T> {
    const { status, body } = await this.get<T>(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  #fetch(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: { cookie: this.#cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }
}

async function answer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}

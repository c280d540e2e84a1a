import { setTimeout as pause } from 'node:timers/promises';
import type { ServedWall } from './served-wall.ts';

/** What the bench asks of the API, signed in as the first administrator. */
export class WallSession {
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  static async signIn({ url, username, password }: ServedWall): Promise<WallSession> {
    const response = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    if (!response.ok) throw new Error(`sign-in: ${response.status}`);
    const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    return new WallSession(url, cookie.join('; '));
  }

  /** A camera that is neither recorded nor analysed. @returns its id */
  async addCamera(name: string, url: string): Promise<string> {
    const body = { name, number: '', area: '', scene: 'road', rules: [], url };
    const camera = await this.#ask('POST', '/api/cameras', {
      ...body,
      recording: { mode: 'off' },
      analysis: { mode: 'off' },
    });
    if (typeof camera !== 'object' || camera === null || !('id' in camera)) throw new Error('no camera came back');
    return String(camera.id);
  }

  /** Waits until so many cameras send pictures. */
  async untilLive(count: number, timeoutMs: number): Promise<boolean> {
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; await pause(250)) {
      const cameras = (await this.#ask('GET', '/api/cameras')) as readonly { state: { status: string } }[];
      if (cameras.filter(({ state }) => state.status === 'live').length >= count) return true;
    }
    return false;
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { cookie: this.#cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }
}

import { toAppError, type AppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import type { RtspResponse } from './rtsp-message.ts';

/** In this order; OPTIONS every server must know. */
const METHODS = ['GET_PARAMETER', 'SET_PARAMETER', 'OPTIONS'] as const;
/** Offered, but not granted: the next method is tried. */
const NOT_FOR_US: ReadonlySet<number> = new Set([400, 405, 451, 501, 551]);

/** Tells the camera at half its session time-out that somebody still watches, in a way that it offers. */
export class Keepalive {
  readonly #ask: (method: string) => Promise<RtspResponse>;
  #methods: readonly string[] = ['OPTIONS'];
  #intervalMs = 30_000;
  #lastMs = 0;

  constructor(ask: (method: string) => Promise<RtspResponse>) {
    this.#ask = ask;
  }

  /** @param publicHeader of the answer to OPTIONS */
  offered(publicHeader: string | undefined): void {
    const offered = new Set((publicHeader ?? '').toUpperCase().split(/[\s,]+/, 64));
    this.#methods = METHODS.filter((method) => method === 'OPTIONS' || offered.has(method));
  }

  sessionTimeout(timeoutMs: number): void {
    this.#intervalMs = timeoutMs / 2;
  }

  begin(nowMs: number): void {
    this.#lastMs = nowMs;
  }

  isDue(nowMs: number): boolean {
    return nowMs - this.#lastMs >= this.#intervalMs;
  }

  /**
   * A missing answer means nothing while pictures come; only a refused session does.
   * @returns what ends the session, if anything
   */
  async send(nowMs: number): Promise<AppError | undefined> {
    this.#lastMs = nowMs;
    try {
      for (;;) {
        const { status } = await this.#ask(this.#methods[0] ?? 'OPTIONS');
        if (status === 454) return ingestErrors.STREAM_ENDED({ status });
        if (!NOT_FOR_US.has(status) || this.#methods.length < 2) return undefined;
        this.#methods = this.#methods.slice(1);
      }
    } catch (thrown) {
      const error = toAppError(thrown);
      return error.code === 'RTSP_AUTH_REJECTED' ? error : undefined;
    }
  }
}

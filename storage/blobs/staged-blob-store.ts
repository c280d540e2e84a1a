import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, describeError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { Supervisor } from '#infra/runtime/supervisor.ts';
import type { BlobStore } from '#ingest/ports.ts';
import { contentTypeOf } from './blob-key.ts';
import { DiskBlobStore } from './disk-blob-store.ts';

export interface StagedBlobStoreDeps {
  /** Where blobs wait until the remote store has them. */
  readonly folder: string;
  readonly remote: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Puts a local folder in front of a store that may be away: what was put is on local disk, and moves on as soon as the
 * remote store takes it. Nothing moves before `start()`.
 */
export class StagedBlobStore implements BlobStore {
  readonly #deps: StagedBlobStoreDeps;
  readonly #local: DiskBlobStore;
  #supervisor: Supervisor | undefined;
  #wake: (() => void) | undefined;
  #isAway = false;

  constructor(deps: StagedBlobStoreDeps) {
    this.#deps = deps;
    this.#local = new DiskBlobStore({ folder: deps.folder });
  }

  async put(key: string, body: Uint8Array, contentType: string): Promise<void> {
    await this.#local.put(key, body, contentType);
    this.#wake?.();
  }

  async get(key: string): Promise<{ readonly body: Buffer; readonly contentType: string }> {
    try {
      return await this.#local.get(key);
    } catch (error) {
      if (error instanceof AppError && error.code === 'BLOB_NOT_FOUND') return this.#deps.remote.get(key);
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await this.#local.delete(key);
    await this.#deps.remote.delete(key);
  }

  start(): void {
    const { clock, log } = this.#deps;
    this.#supervisor ??= new Supervisor((signal) => this.#run(signal), {
      clock,
      options: { initialMs: 1000, maxMs: 60_000, jitter: 0.3, healthyAfterMs: 10_000 },
      hooks: {
        onRetry: (error) => {
          if (!this.#isAway) log.warn(`pictures wait on local disk: ${error ? describeError(error) : 'ended'}`);
          this.#isAway = true;
        },
      },
    });
  }

  /** What waits stays for the next start. Safe to call twice. */
  async close(): Promise<void> {
    await this.#supervisor?.close();
  }

  async #run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const keys = await this.#waitingKeys();
      for (const key of keys) {
        if (signal.aborted) return;
        await this.#moveOn(key);
      }
      if (keys.length === 0 && !signal.aborted) await woken;
    }
  }

  async #moveOn(key: string): Promise<void> {
    const { body } = await this.#local.get(key);
    await this.#deps.remote.put(key, body, contentTypeOf(key));
    await this.#local.delete(key);
    if (this.#isAway) this.#deps.log.info('the evidence store takes pictures again');
    this.#isAway = false;
  }

  async #waitingKeys(): Promise<readonly string[]> {
    const { folder } = this.#deps;
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.partial'))
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
  }
}

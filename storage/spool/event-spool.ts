import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { AppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { storageErrors } from '../errors.ts';

const COMMIT_WITHIN_MS = 10;
const COMMIT_AT_ENTRIES = 100;
const RETRY_MS = 1000;
/**
 * Segments, gaps and looks may still be written when events are refused: a lost row would hide a whole file, and without
 * its trace no picture is shown.
 */
const RESERVE = 0.1;
const DEAD_LETTERS_KEPT = 10_000;

export type SpoolKind = 'event' | 'segment' | 'gap.opened' | 'gap.closed' | 'camera.state' | 'system.alarm' | 'audit';

export interface SpoolEntry {
  /** Order of arrival. */
  readonly seq: number;
  readonly kind: SpoolKind;
  /** JSON. */
  readonly body: string;
}

/** An entry that the database refused for what it is; kept aside, with the reason. */
export interface DeadLetter extends SpoolEntry {
  readonly error: string;
  readonly timeMs: number;
}

interface Pending {
  readonly kind: SpoolKind;
  readonly body: string;
  readonly settle: ((failure: AppError | undefined) => void) | undefined;
}

export interface EventSpoolDeps {
  readonly file: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A durable queue on local disk between those who find facts and the database: SQLite in WAL mode with FULL
 * synchronisation, so that what was acknowledged survives `kill -9` and a power cut. Entries of at most 10 ms, or 100
 * of them, share one commit. Bounded: when full it refuses, and says so.
 */
export class EventSpool {
  readonly #deps: EventSpoolDeps;
  /** Commits are synchronised to disk. */
  readonly #appender: DatabaseSync;
  /** Commits are not: what it removes was stored elsewhere, and storing it twice does no harm. */
  readonly #drainer: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #delete: StatementSync;
  readonly #listeners = new Set<() => void>();
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #timer: { cancel(): void } | undefined;
  #isFailing = false;
  #isClosed = false;
  #storedBytes: number;
  #storedCount: number;

  /** @throws {AppError} `SPOOL_FAILED` */
  constructor(deps: EventSpoolDeps) {
    this.#deps = deps;
    try {
      mkdirSync(path.dirname(deps.file), { recursive: true, mode: 0o700 });
      this.#appender = openFile(deps.file, 'FULL');
      this.#appender.exec(`
        CREATE TABLE IF NOT EXISTS entries (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS dead_letters (
          seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, error TEXT NOT NULL, time_ms INTEGER NOT NULL
        );`);
      this.#drainer = openFile(deps.file, 'NORMAL');
      this.#insert = this.#appender.prepare('INSERT INTO entries (kind, body) VALUES (?, ?)');
      this.#select = this.#drainer.prepare('SELECT seq, kind, body FROM entries ORDER BY seq LIMIT ?');
      this.#delete = this.#drainer.prepare('DELETE FROM entries WHERE seq = ?');
      const totals = this.#drainer
        .prepare('SELECT count(*) AS count, coalesce(sum(length(CAST(body AS BLOB))), 0) AS bytes FROM entries')
        .get();
      this.#storedCount = Number(totals?.['count'] ?? 0);
      this.#storedBytes = Number(totals?.['bytes'] ?? 0);
    } catch (error) {
      throw storageErrors.SPOOL_FAILED({ reason: reasonOf(error) }, error);
    }
  }

  /** Entries on disk and about to be. */
  get count(): number {
    return this.#storedCount + this.#pending.length;
  }

  get sizeBytes(): number {
    return this.#storedBytes + this.#pendingBytes;
  }

  /**
   * Resolves when the entry is on disk.
   * @throws {AppError} `SPOOL_FULL`, `SPOOL_FAILED`
   */
  append(kind: SpoolKind, body: object): Promise<void> {
    const limitBytes = this.#deps.maxBytes * (kind === 'audit' ? 1 + RESERVE : 1);
    return new Promise((resolve, reject) => {
      try {
        this.#enqueue(kind, body, limitBytes, (failure) => (failure ? reject(failure) : resolve()));
      } catch (error) {
        reject(error);
      }
    });
  }

  /**
   * For those who cannot wait: on disk within 10 ms; kept and tried again every second while the disk refuses.
   * @throws {AppError} `SPOOL_FULL`
   */
  appendSoon(kind: SpoolKind, body: object): void {
    this.#enqueue(kind, body, this.#deps.maxBytes * (1 + RESERVE), undefined);
  }

  /** Oldest first. */
  peek(limit: number): readonly SpoolEntry[] {
    const rows = this.#select.all(limit);
    return rows.map((row) => ({
      seq: Number(row['seq']),
      kind: String(row['kind']) as SpoolKind,
      body: String(row['body']),
    }));
  }

  /** Forgets entries that are stored elsewhere now. */
  remove(entries: readonly SpoolEntry[]): void {
    inTransaction(this.#drainer, () => {
      for (const { seq } of entries) this.#delete.run(seq);
    });
    this.#forget(entries);
  }

  /** Puts an entry that can never be stored aside, with the reason; the oldest of many thousand such are given up. */
  bury(entry: SpoolEntry, error: string): void {
    inTransaction(this.#drainer, () => {
      this.#delete.run(entry.seq);
      this.#drainer
        .prepare('INSERT OR REPLACE INTO dead_letters (seq, kind, body, error, time_ms) VALUES (?, ?, ?, ?, ?)')
        .run(entry.seq, entry.kind, entry.body, error, this.#deps.clock.nowMs());
      this.#drainer
        .prepare('DELETE FROM dead_letters WHERE seq NOT IN (SELECT seq FROM dead_letters ORDER BY seq DESC LIMIT ?)')
        .run(DEAD_LETTERS_KEPT);
    });
    this.#forget([entry]);
  }

  deadLetters(limit = 100): readonly DeadLetter[] {
    const rows = this.#drainer
      .prepare('SELECT seq, kind, body, error, time_ms FROM dead_letters ORDER BY seq DESC LIMIT ?')
      .all(limit);
    return rows.map((row) => ({
      seq: Number(row['seq']),
      kind: String(row['kind']) as SpoolKind,
      body: String(row['body']),
      error: String(row['error']),
      timeMs: Number(row['time_ms']),
    }));
  }

  /** @returns a function that ends the subscription */
  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what waits to disk now. @throws {AppError} `SPOOL_FAILED` */
  flush(): void {
    const failure = this.#commit();
    if (failure) throw failure;
  }

  /** Safe to call twice. */
  close(): void {
    if (this.#isClosed) return;
    const failure = this.#commit();
    if (failure) this.#deps.log.error({ entries: this.#pending.length }, 'closing with entries that the disk refused');
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#drainer.close();
    this.#appender.close();
  }

  #enqueue(kind: SpoolKind, value: object, limitBytes: number, settle: Pending['settle']): void {
    if (this.#isClosed) throw storageErrors.SPOOL_FAILED({ reason: 'closed' });
    const body = JSON.stringify(value);
    const bytes = Buffer.byteLength(body);
    if (this.sizeBytes + bytes > limitBytes)
      throw storageErrors.SPOOL_FULL({ kind, entries: this.count, maxBytes: this.#deps.maxBytes });
    this.#pending.push({ kind, body, settle });
    this.#pendingBytes += bytes;
    if (this.#pending.length >= COMMIT_AT_ENTRIES && !this.#isFailing) this.#commit();
    else this.#timer ??= this.#deps.clock.setTimeout(() => void this.#commit(), COMMIT_WITHIN_MS);
  }

  #commit(): AppError | undefined {
    this.#timer?.cancel();
    this.#timer = undefined;
    const batch = this.#pending;
    if (batch.length === 0 || this.#isClosed) return undefined;
    try {
      inTransaction(this.#appender, () => {
        for (const { kind, body } of batch) this.#insert.run(kind, body);
      });
    } catch (error) {
      return this.#commitFailed(batch, storageErrors.SPOOL_FAILED({ reason: reasonOf(error) }, error));
    }
    if (this.#isFailing) this.#deps.log.info({ entries: batch.length }, 'the spool can be written again');
    this.#isFailing = false;
    this.#storedCount += batch.length;
    this.#storedBytes += this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const { settle } of batch) settle?.(undefined);
    for (const listener of this.#listeners) listener();
    return undefined;
  }

  /** Those who wait are told; what nobody waits for is kept for the next try. */
  #commitFailed(batch: readonly Pending[], failure: AppError): AppError {
    if (!this.#isFailing) this.#deps.log.error({ code: failure.code, ...failure.context }, failure.message);
    this.#isFailing = true;
    this.#pending = batch.filter(({ settle }) => settle === undefined);
    this.#pendingBytes = this.#pending.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
    for (const { settle } of batch) settle?.(failure);
    if (this.#pending.length > 0) this.#timer = this.#deps.clock.setTimeout(() => void this.#commit(), RETRY_MS);
    return failure;
  }

  #forget(entries: readonly SpoolEntry[]): void {
    this.#storedCount -= entries.length;
    this.#storedBytes -= entries.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  }
}

function openFile(file: string, synchronous: 'FULL' | 'NORMAL'): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};`);
  return database;
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

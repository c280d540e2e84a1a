/**
 * A read that finds this much is followed by the next one at once: a key frame, or a camera of many megabits, must not wait
 * for the camera's window to open again at each turn. Below what a socket of Linux takes in unread at first (64 KiB).
 */
const MUCH_BYTES = 48 * 1024;
/** What a connection should find at its turn: half of what its socket takes in unread. */
const WANTED_BYTES = 32 * 1024;
const SHORTEST_INTERVAL_MS = 40;
/** How much one turn counts among those before it, for the rate at which bytes come. */
const RATE_WEIGHT = 0.05;
/** Spreads the turns of connections that come one after the other evenly, however many there are. */
const GOLDEN_RATIO = 0.618_033_988_75;

/**
 * Reads many connections in turns, each after an interval, so that one read finds several pictures: what a read costs beside
 * its bytes (the call, the acknowledgement that it sends, cold caches) is more than the pictures themselves cost
 * (docs/decisions/0016). Between two turns the bytes wait in the socket. The more a connection brings, the sooner its turn
 * comes again.
 *
 * Only patient connections wait for their turn, and only between `start` and `stop`. Whoever drives it calls `round` more often
 * than the interval.
 */
export class ReadRounds {
  readonly #intervalMs: number;
  readonly #turns = new Set<ReadTurn>();
  #joined = 0;
  #isRunning = false;

  /** @param intervalMs between two reads of a connection that brings little; 0: read whenever something comes */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** True when nobody needs what any of the connections has to say before its turn. */
  get isPatient(): boolean {
    if (!this.#isRunning) return false;
    for (const turn of this.#turns) if (!turn.isPatient) return false;
    return true;
  }

  /** @param resume makes a connection that was told to stop read again */
  join(resume: () => void): ReadTurn {
    const phaseMs = ((this.#joined++ * GOLDEN_RATIO) % 1) * this.#intervalMs;
    const turn = new ReadTurn({
      resume,
      phaseMs,
      mayWait: () => this.#isRunning,
      leave: () => this.#turns.delete(turn),
    });
    this.#turns.add(turn);
    return turn;
  }

  start(): void {
    this.#isRunning = this.#intervalMs > 0;
  }

  /** Every connection reads as it comes from now on. */
  stop(): void {
    this.#isRunning = false;
    for (const turn of this.#turns) turn.end();
  }

  /** Lets those read whose turn has come. @param nowMs monotonic */
  round(nowMs: number): void {
    for (const turn of this.#turns) turn.beginAt(nowMs, this.#intervalMs);
  }
}

interface ReadTurnDeps {
  readonly phaseMs: number;
  resume(): void;
  mayWait(): boolean;
  leave(): void;
}

/** The place of one connection in the rounds. It begins impatient. */
export class ReadTurn {
  readonly #deps: ReadTurnDeps;
  #isPatient = false;
  #isWaiting = false;
  #dueMs: number | undefined;
  #beganMs: number | undefined;
  #bytes = 0;
  #bytesPerMs = 0;

  constructor(deps: ReadTurnDeps) {
    this.#deps = deps;
  }

  get isPatient(): boolean {
    return this.#isPatient;
  }

  /** An impatient connection reads at once, what waits included. */
  setPatient(isPatient: boolean): void {
    this.#isPatient = isPatient;
    if (!isPatient) this.end();
  }

  /** @returns false: read nothing more until it is resumed */
  hasRead(sizeBytes: number): boolean {
    this.#bytes += sizeBytes;
    if (!this.#isPatient || sizeBytes >= MUCH_BYTES || !this.#deps.mayWait()) return true;
    this.#isWaiting = true;
    return false;
  }

  beginAt(nowMs: number, longestMs: number): void {
    if (!this.#isWaiting) return;
    this.#dueMs ??= nowMs + this.#deps.phaseMs;
    if (nowMs < this.#dueMs) return;
    const intervalMs = this.#nextInterval(nowMs, longestMs);
    // After a late turn the next one is not early: it keeps its place among the others as far as it can.
    this.#dueMs = Math.max(this.#dueMs + intervalMs, nowMs + intervalMs / 2);
    this.end();
  }

  #nextInterval(nowMs: number, longestMs: number): number {
    const elapsedMs = nowMs - (this.#beganMs ?? nowMs);
    if (elapsedMs > 0) {
      const weight = this.#bytesPerMs === 0 ? 1 : RATE_WEIGHT;
      this.#bytesPerMs += (this.#bytes / elapsedMs - this.#bytesPerMs) * weight;
    }
    this.#beganMs = nowMs;
    this.#bytes = 0;
    if (this.#bytesPerMs === 0) return longestMs;
    return Math.min(longestMs, Math.max(SHORTEST_INTERVAL_MS, WANTED_BYTES / this.#bytesPerMs));
  }

  /** Ends the wait, if it waits. */
  end(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#deps.resume();
  }

  leave(): void {
    this.#isWaiting = false;
    this.#deps.leave();
  }
}

import type { Clock } from '#infra/runtime/clock.ts';

export interface PtzPosition {
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number;
}

interface Preset {
  readonly name: string;
  readonly position: PtzPosition;
}

/** A camera at full speed crosses its whole range in this long. */
const FULL_RANGE_MS = 4000;
const NO_SPEED: PtzPosition = { pan: 0, tilt: 0, zoom: 0 };

/** Where a simulated camera looks: it moves while a continuous move lasts, and stays within its ends. */
export class PtzState {
  readonly #clock: Clock;
  #from: PtzPosition = { pan: 0, tilt: 0, zoom: 0 };
  #speed = NO_SPEED;
  #sinceMs: number;
  #untilMs = 0;
  #nextPreset = 1;
  readonly #presets = new Map<string, Preset>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  get position(): PtzPosition {
    const movedMs = Math.max(0, Math.min(this.#clock.monotonicMs(), this.#untilMs) - this.#sinceMs);
    const along = (from: number, speed: number, range: number): number =>
      from + (speed * range * movedMs) / FULL_RANGE_MS;
    return bounded({
      pan: along(this.#from.pan, this.#speed.pan, 2),
      tilt: along(this.#from.tilt, this.#speed.tilt, 2),
      zoom: along(this.#from.zoom, this.#speed.zoom, 1),
    });
  }

  get isMoving(): boolean {
    return this.#speed !== NO_SPEED && this.#clock.monotonicMs() < this.#untilMs;
  }

  get presets(): ReadonlyMap<string, Preset> {
    return this.#presets;
  }

  moveAt(speed: PtzPosition, forMs: number): void {
    this.moveTo(this.position);
    this.#speed = speed;
    this.#untilMs = this.#sinceMs + forMs;
  }

  /** At once: how long the way takes is not what is simulated. */
  moveTo(position: PtzPosition): void {
    this.#from = bounded(position);
    this.#speed = NO_SPEED;
    this.#sinceMs = this.#clock.monotonicMs();
    this.#untilMs = this.#sinceMs;
  }

  stop(): void {
    this.moveTo(this.position);
  }

  keepPreset(name: string, token = `preset-${this.#nextPreset++}`): string {
    this.#presets.set(token, { name, position: this.position });
    return token;
  }

  removePreset(token: string): boolean {
    return this.#presets.delete(token);
  }
}

function bounded({ pan, tilt, zoom }: PtzPosition): PtzPosition {
  const within = (value: number, lowest: number): number => Math.min(1, Math.max(lowest, value));
  return { pan: within(pan, -1), tilt: within(tilt, -1), zoom: within(zoom, 0) };
}

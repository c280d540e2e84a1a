import type { Point } from '#ingest/cameras/camera.ts';
import type { MadeRoom } from './made-room.ts';
import { PLACES, type SceneCanvas, visitPolygon, WIDTH_PX } from './scene-canvas.ts';
import { isIn, type Story } from './story.ts';

/** What shines at one time. */
interface Shining {
  /** 0..1 each */
  readonly lamps: readonly [number, number];
  readonly daylight: number;
  readonly sun: number;
  readonly sunAt: Point;
  readonly infrared: boolean;
  readonly emergency: number;
}

const LAMP_COLOUR = [1.02, 1, 0.93] as const;
const DAY_COLOUR = [0.92, 1, 1.12] as const;
const SUN_COLOUR = [1.12, 1, 0.82] as const;
/** The sun's patch goes across the floor in the course of the day: frame widths an hour. */
const SUN_MOVES_PER_HOUR = 0.09;
const HOUR_MS = 3_600_000;

/** The room under the light of a time, computed anew only when the light has changed. */
export class SceneLight {
  readonly #room: MadeRoom;
  readonly #story: Story;
  readonly #lit: SceneCanvas;
  readonly #sunStart: Point;
  readonly #sunSlant: number;
  #key = '';

  constructor(room: MadeRoom, story: Story, random: () => number) {
    this.#room = room;
    this.#story = story;
    this.#lit = new Float32Array(PLACES * 3);
    this.#sunStart = { x: 0.1 + random() * 0.5, y: 0.6 + random() * 0.15 };
    this.#sunSlant = (random() - 0.5) * 0.3;
  }

  /** Mean light of the scene, for what is drawn into it. */
  level = 1;
  isInfrared = false;

  /** float32 [180, 320, 3]; lent until the next call */
  at(timeMs: number): SceneCanvas {
    const shining = this.#shining(timeMs);
    const { lamps, daylight, sun, sunAt, infrared, emergency } = shining;
    this.level = 0.45 * (lamps[0] + lamps[1]) + 0.55 * daylight + emergency + (infrared ? 0.5 : 0);
    this.isInfrared = infrared;
    const key = [...lamps, daylight.toFixed(2), sun.toFixed(1), Math.round(sunAt.x * 640), infrared, emergency].join();
    if (key !== this.#key) {
      this.#key = key;
      this.#light(shining);
    }
    return this.#lit;
  }

  #shining(timeMs: number): Shining {
    const { lamps, sun, hasDaylight, night, fromMs } = this.#story;
    const on = [isIn(timeMs, lamps[0]) ? 1 : 0, isIn(timeMs, lamps[1]) ? 1 : 0] as const;
    const hour = (timeMs % (24 * HOUR_MS)) / HOUR_MS;
    const height = Math.max(0, Math.sin(((hour - 5.5) / 14) * Math.PI));
    const daylight = hasDaylight ? 0.5 * Math.sqrt(height) : 0;
    const isShining = hasDaylight && height > 0.3 && isIn(timeMs, sun);
    const isDark = on[0] + on[1] === 0 && daylight < 0.05;
    return {
      lamps: on,
      daylight: isShining || !hasDaylight ? daylight : daylight * 0.75,
      sun: isShining ? Math.min(1.1, height * 1.3) : 0,
      sunAt: { x: this.#sunStart.x + ((timeMs - fromMs) / HOUR_MS) * SUN_MOVES_PER_HOUR, y: this.#sunStart.y },
      infrared: isDark && night === 'infrared',
      emergency: isDark ? (night === 'infrared' ? 0.02 : 0.16) : 0.03,
    };
  }

  #light({ lamps, daylight, sun, sunAt, infrared, emergency }: Shining): void {
    const { surfaces, lamps: maps } = this.#room;
    const lit = this.#lit;
    for (let place = 0; place < PLACES; place++) {
      const fromLamps = lamps[0] * (maps[0][place] as number) + lamps[1] * (maps[1][place] as number) + emergency;
      const at = place * 3;
      if (infrared) {
        // The camera's own lamp, strongest in the middle, and no colour.
        const x = (place % WIDTH_PX) / WIDTH_PX - 0.5;
        const grey =
          (0.4 * (surfaces[at] as number) + 0.35 * (surfaces[at + 1] as number) + 0.25 * (surfaces[at + 2] as number)) *
          (0.62 - 0.9 * x * x);
        lit[at] = lit[at + 1] = lit[at + 2] = grey;
        continue;
      }
      for (let channel = 0; channel < 3; channel++) {
        const light = fromLamps * (LAMP_COLOUR[channel] as number) + daylight * (DAY_COLOUR[channel] as number);
        lit[at + channel] = (surfaces[at + channel] as number) * light;
      }
    }
    if (sun > 0) this.#addSun(sun, sunAt);
  }

  /** The image of a window with its bars, slanted, on floor and furniture alike. */
  #addSun(strength: number, { x, y }: Point): void {
    const slant = this.#sunSlant;
    for (let pane = 0; pane < 2; pane++) {
      const left = x + pane * 0.085;
      const corners = [
        { x: left, y },
        { x: left + 0.075, y },
        { x: left + 0.075 + slant, y: y + 0.2 },
        { x: left + slant, y: y + 0.2 },
      ];
      visitPolygon(corners, (place) => {
        for (let channel = 0; channel < 3; channel++) {
          const at = place * 3 + channel;
          const added = (this.#room.surfaces[at] as number) * strength * 0.7 * (SUN_COLOUR[channel] as number);
          this.#lit[at] = (this.#lit[at] as number) + added;
        }
      });
    }
  }
}

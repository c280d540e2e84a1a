import type { Box } from '#analyzers/detection.ts';
import type { Picture } from '#analyzers/packs/model-pack.ts';
import { seededRandom } from '../degrade-picture.ts';
import type { MadeRoom } from './made-room.ts';
import {
  drawAnimal,
  drawBin,
  drawDirt,
  drawFlame,
  drawHeadlights,
  drawPerson,
  drawWarningLamp,
  personBox,
} from './scene-actors.ts';
import { HEIGHT_PX, newCanvas, PLACES, type SceneCanvas, WIDTH_PX } from './scene-canvas.ts';
import { SceneLight } from './scene-light.ts';
import { isIn, type Obstruction, placeAt, type Story } from './story.ts';

export interface MadePicture {
  /** uint8 [180, 320, 3], RGB; the buffer is used again for the next picture. */
  readonly picture: Picture;
  /** Everybody in the picture, whole boxes. */
  readonly persons: readonly Box[];
}

/** What the camera's exposure control aims at, mean of 0..255. */
const EXPOSURE_AIM = 105;
const EXPOSURE = { least: 0.5, most: 2.6 };
const EXPOSURE_STEP = 0.35;
/** A picture takes its noise from a random place in so many values more than it has. */
const NOISE_VALUES = PLACES * 3 + (1 << 16);
/** Standard deviation of the sensor's noise at an exposure of 1, of 255. */
const NOISE = 2.2;

/** Renders a story picture by picture. The same room, story and times give the same pictures. */
export class MadeKitchen {
  readonly #room: MadeRoom;
  readonly #story: Story;
  readonly #light: SceneLight;
  readonly #random: () => number;
  readonly #canvas = newCanvas();
  readonly #scratch = newCanvas();
  readonly #noise = new Float32Array(NOISE_VALUES);
  readonly #pixels = new Uint8ClampedArray(PLACES * 3);
  #exposure = 1;

  constructor(room: MadeRoom, story: Story) {
    this.#room = room;
    this.#story = story;
    this.#random = seededRandom(story.seed * 7919 + 13);
    this.#light = new SceneLight(room, story, this.#random);
    for (let index = 0; index < NOISE_VALUES; index++) {
      const random = this.#random;
      this.#noise[index] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    }
  }

  /** No lamp on and no daylight: of the last picture. */
  get isDark(): boolean {
    return this.#light.level < 0.3 || this.#light.isInfrared;
  }

  render(timeMs: number): MadePicture {
    const [story, room, light] = [this.#story, this.#room, this.#light];
    const canvas = this.#canvas;
    canvas.set(light.at(timeMs));
    const level = light.level;
    const lids = story.lids.filter(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs);
    drawBin(
      canvas,
      room,
      lids.some(({ isHeaped }) => isHeaped) ? 'heaped' : lids.length > 0 ? 'open' : 'closed',
      level,
    );
    for (const dirt of story.dirt) if (isIn(timeMs, [dirt])) drawDirt(canvas, dirt, level);
    for (const animal of story.animals) drawAnimal(canvas, animal, timeMs, level);
    for (const flame of story.flames) {
      const burner = room.burners[flame.burner];
      if (burner && isIn(timeMs, [flame])) drawFlame(canvas, flame, burner, this.#random);
    }
    if (room.warningLamp && isIn(timeMs, story.flashes)) drawWarningLamp(canvas, room.warningLamp, timeMs);
    const present = story.walkers
      .flatMap((walker) => {
        const at = placeAt(walker.way, timeMs);
        return at ? [{ walker, at }] : [];
      })
      .toSorted((a, b) => a.at.y - b.at.y);
    for (const { walker, at } of present) drawPerson(canvas, walker, at, timeMs, level, room.gloss);
    for (const span of story.headlights) {
      if (isIn(timeMs, [span])) drawHeadlights(canvas, (timeMs - span.fromMs) / (span.toMs - span.fromMs));
    }
    const obstruction = story.obstructions.find((span) => isIn(timeMs, [span]));
    this.#develop(obstruction ? obstruct(canvas, this.#scratch, obstruction, level) : canvas, light.isInfrared);
    const isBlind = obstruction !== undefined;
    const picture = { pixels: new Uint8Array(this.#pixels.buffer), widthPx: WIDTH_PX, heightPx: HEIGHT_PX };
    return { picture, persons: isBlind ? [] : present.map(({ at }) => personBox(at)).filter(isVisible) };
  }

  /** Exposure, which lags behind the light, noise, and the range of the sensor. */
  #develop(canvas: SceneCanvas, isGrey: boolean): void {
    let sum = 0;
    for (let at = 1; at < canvas.length; at += 93) sum += canvas[at] as number;
    const mean = sum / Math.ceil((canvas.length - 1) / 93);
    const aim = Math.max(EXPOSURE.least, Math.min(EXPOSURE.most, EXPOSURE_AIM / Math.max(1, mean)));
    this.#exposure += (aim - this.#exposure) * EXPOSURE_STEP;
    const gain = this.#exposure;
    const noiseLevel = NOISE * Math.sqrt(gain) * (gain > 2 ? 1.5 : 1) * (isGrey ? 1.2 : 1);
    const offset = Math.floor(this.#random() * (NOISE_VALUES - PLACES * 3));
    const pixels = this.#pixels;
    const noise = this.#noise;
    for (let at = 0; at < canvas.length; at++) {
      pixels[at] = (canvas[at] as number) * gain + noiseLevel * (noise[at + offset] as number);
    }
    if (!isGrey) return;
    for (let at = 0; at < pixels.length; at += 3) pixels[at] = pixels[at + 2] = pixels[at + 1] as number;
  }
}

function isVisible({ x, width }: Box): boolean {
  const seen = Math.min(1, x + width) - Math.max(0, x);
  return seen > width * 0.4;
}

function obstruct(canvas: SceneCanvas, into: SceneCanvas, { how, shift }: Obstruction, level: number): SceneCanvas {
  for (let row = 0; row < HEIGHT_PX; row++) {
    for (let column = 0; column < WIDTH_PX; column++) {
      const at = (row * WIDTH_PX + column) * 3;
      if (how === 'moved') {
        const x = Math.max(0, Math.min(WIDTH_PX - 1, column + Math.round(shift.x * WIDTH_PX)));
        const y = Math.max(0, Math.min(HEIGHT_PX - 1, row + Math.round(shift.y * HEIGHT_PX)));
        const from = (y * WIDTH_PX + x) * 3;
        for (let channel = 0; channel < 3; channel++) into[at + channel] = canvas[from + channel] as number;
      } else if (how === 'fog') {
        // Grease on the glass: what is left of the picture is its coarsest part.
        const from =
          (Math.min(HEIGHT_PX - 1, (row >> 5) * 32 + 16) * WIDTH_PX + Math.min(WIDTH_PX - 1, (column >> 6) * 64 + 32)) *
          3;
        for (let channel = 0; channel < 3; channel++)
          into[at + channel] =
            90 * level + 0.1 * (canvas[from + channel] as number) + 0.02 * (canvas[at + channel] as number);
      } else {
        const cloth = how === 'tape' ? 1.5 : 105 * level * (1 + 0.12 * Math.sin(column / 41 + row / 67));
        for (let channel = 0; channel < 3; channel++) into[at + channel] = cloth;
      }
    }
  }
  return into;
}

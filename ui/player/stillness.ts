/** Cameras carry a clock or at least noise in the picture: the very same picture for so long is a frozen one. */
export const frozenAfterMs = 20_000;
const width = 32;
const height = 18;

/** Tells since when the shown picture has been exactly the same, from a 32 × 18 sample a few times a minute. */
export class Stillness {
  readonly #context: CanvasRenderingContext2D | null;
  #last: Uint8ClampedArray | undefined;
  #changedMs = performance.now();

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    this.#context = canvas.getContext('2d', { willReadFrequently: true });
  }

  /** @returns ms since the picture last changed */
  sample(video: HTMLVideoElement): number {
    if (!this.#context || video.videoWidth === 0) return 0;
    this.#context.drawImage(video, 0, 0, width, height);
    const pixels = this.#context.getImageData(0, 0, width, height).data;
    const last = this.#last;
    if (!last || pixels.some((value, index) => value !== last[index])) this.#changedMs = performance.now();
    this.#last = pixels;
    return performance.now() - this.#changedMs;
  }

  reset(): void {
    this.#last = undefined;
    this.#changedMs = performance.now();
  }
}

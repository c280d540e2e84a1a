import type { LiveStream } from './live-source.ts';

/** Sub-streams are mostly 640 or 704 wide; from here on the main stream is worth its bandwidth. Device pixels. */
const mainAbovePx = 760;
/** Where it goes back, so that a tile near the limit does not change to and fro. */
const subBelowPx = 680;
/** A glance away, or scrolling past, costs nothing. */
const restAfterMs = 1_500;

/**
 * Which stream a tile is large enough for.
 *
 * @param widthPx of the tile, device pixels
 */
export function streamForWidth(widthPx: number, before: LiveStream): LiveStream {
  if (widthPx > mainAbovePx) return 'main';
  return widthPx < subBelowPx ? 'sub' : before;
}

/** Watches whether a tile can be seen at all, and how large it is. */
export class TileView {
  readonly #element: HTMLElement;
  readonly #onChange: () => void;
  readonly #sizes: ResizeObserver;
  readonly #sight: IntersectionObserver;
  #isInSight = true;
  #isSeen = true;
  #stream: LiveStream;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: HTMLElement, onChange: () => void) {
    this.#element = element;
    this.#onChange = onChange;
    this.#stream = streamForWidth(this.#widthPx(), 'sub');
    this.#sizes = new ResizeObserver(() => this.#measure());
    this.#sizes.observe(element);
    this.#sight = new IntersectionObserver((entries) => {
      this.#isInSight = entries.at(-1)?.isIntersecting ?? true;
      this.#look();
    });
    this.#sight.observe(element);
    document.addEventListener('visibilitychange', this.#look);
  }

  /** False once it was out of sight, or the page hidden, for a moment. */
  get isSeen(): boolean {
    return this.#isSeen;
  }

  get stream(): LiveStream {
    return this.#stream;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#sizes.disconnect();
    this.#sight.disconnect();
    document.removeEventListener('visibilitychange', this.#look);
  }

  #widthPx(): number {
    return this.#element.clientWidth * devicePixelRatio;
  }

  #measure(): void {
    // Hidden for a moment by the layout: that is no size.
    if (this.#element.clientWidth === 0) return;
    const stream = streamForWidth(this.#widthPx(), this.#stream);
    if (stream === this.#stream) return;
    this.#stream = stream;
    this.#onChange();
  }

  readonly #look = (): void => {
    clearTimeout(this.#timer);
    const isSeen = this.#isInSight && document.visibilityState === 'visible';
    if (isSeen) this.#become(true);
    else this.#timer = setTimeout(() => this.#become(false), restAfterMs);
  };

  #become(isSeen: boolean): void {
    if (isSeen === this.#isSeen) return;
    this.#isSeen = isSeen;
    this.#onChange();
  }
}

import type { TileZoom } from './tile-zoom.ts';

/** `back`: the recording from a moment on, epoch ms. */
export type TileMode = { readonly kind: 'live' } | { readonly kind: 'back'; readonly fromMs: number };

/** The picture that a tile shows now, for who saves it. */
export interface ShownPicture {
  readonly video: HTMLVideoElement;
  readonly timeMs: number;
  readonly source: 'live' | 'recording';
}

export interface TileActions {
  lookBack: (ms: number) => void;
  seek: (timeMs: number) => void;
  toLive: () => void;
  toggleBoxes: () => void;
  toggleFull: () => void;
  togglePtz: () => void;
  zoom: (zoom: TileZoom) => void;
  snapshot: () => void;
  bookmark: () => void;
  clear: () => void;
  acknowledge: (key: string) => void;
}

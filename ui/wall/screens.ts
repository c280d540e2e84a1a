/** What windows of one wall tell each other. Screen 1 is where an operator works; the others show. */
export type ScreenMessage =
  | { readonly type: 'ask' }
  | { readonly type: 'here'; readonly screen: number; readonly layout: string; readonly cameras: readonly string[] }
  | { readonly type: 'gone'; readonly screen: number }
  | { readonly type: 'show'; readonly screen: number; readonly cameraId: string }
  | { readonly type: 'wall'; readonly screen: number; readonly layout: string; readonly tiles: readonly string[] };

export interface OpenScreen {
  readonly screen: number;
  readonly layout: string;
  readonly cameras: readonly string[];
  readonly seenMs: number;
}

/** A window that says nothing for so long was closed without a word. */
const goneAfterMs = 12_000;

export const mostScreens = 8;

/** From `screen=2`; 1 for anything else. */
export function screenOf(search: URLSearchParams): number {
  const screen = Number(search.get('screen') ?? 1);
  return Number.isInteger(screen) && screen >= 1 && screen <= mostScreens ? screen : 1;
}

/** The other windows as they are known after a message; also without one, those that fell silent leave. */
export function withMessage(
  known: readonly OpenScreen[],
  message: ScreenMessage | undefined,
  nowMs: number,
): readonly OpenScreen[] {
  const fresh = known.filter((one) => nowMs - one.seenMs < goneAfterMs);
  if (message?.type === 'here') {
    const { screen, layout, cameras } = message;
    const others = fresh.filter((one) => one.screen !== screen);
    return [...others, { screen, layout, cameras, seenMs: nowMs }].sort((a, b) => a.screen - b.screen);
  }
  if (message?.type === 'gone') return fresh.filter((one) => one.screen !== message.screen);
  return fresh.length === known.length ? known : fresh;
}

/**
 * Whether a window takes an alert of this camera: the one that shows it; screen 1 those that none shows.
 * @param own the cameras of this window
 */
export function isAlertMine(
  cameraId: string,
  screen: number,
  own: readonly (string | undefined)[],
  others: readonly OpenScreen[],
): boolean {
  if (screen !== 1) return own.includes(cameraId);
  return own.includes(cameraId) || !others.some((one) => one.cameras.includes(cameraId));
}

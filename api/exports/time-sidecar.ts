import type { ClipPart } from './clip-plan.ts';

/** When something was, for people. */
export interface TimeWords {
  /** `2026-11-26 18:04:05` */
  readonly full: (timeMs: number) => string;
  /** `2026-11-26_18-04-05` */
  readonly forFile: (timeMs: number) => string;
}

/** @param timeZone IANA name @throws {RangeError} for a zone that there is not */
export function timeWords(timeZone: string): TimeWords {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const full = (timeMs: number): string => format.format(timeMs);
  return { full, forFile: (timeMs) => full(timeMs).replace(' ', '_').replaceAll(':', '-') };
}

/** What the export is of, and the time of each group of pictures in it: JSON. */
export function timesFile(
  part: ClipPart,
  about: {
    readonly cameraId: string;
    readonly cameraName: string;
    readonly purpose: string;
    readonly username: string;
    readonly fromMs: number;
    readonly toMs: number;
    readonly exportedAtMs: number;
  },
): string {
  const iso = (timeMs: number): string => new Date(timeMs).toISOString();
  return `${JSON.stringify(
    {
      camera: { id: about.cameraId, name: about.cameraName },
      purpose: about.purpose,
      exportedBy: about.username,
      exportedAt: iso(about.exportedAtMs),
      asked: { from: iso(about.fromMs), to: iso(about.toMs) },
      start: iso(part.startMs),
      end: iso(part.endMs),
      frames: part.frames,
      groups: part.pieces.flatMap(({ fragments, startMs, shift90k }) =>
        fragments
          .filter(({ frames }) => frames > 0)
          .map(({ start90k, frames }) => ({
            mediaSeconds: round((start90k + shift90k) / 90_000),
            time: iso(startMs + start90k / 90),
            frames,
          })),
      ),
    },
    undefined,
    1,
  )}\n`;
}

/**
 * The time as subtitles, one a second: players show it over the picture without a change to it.
 * @see W3C WebVTT §4.1
 */
export function subtitlesFile(part: ClipPart, cameraName: string, words: TimeWords): string {
  const cues: string[] = [];
  for (const { fragments, startMs, shift90k } of part.pieces) {
    const shown = fragments.filter(({ frames }) => frames > 0);
    const from90k = shown[0]?.start90k ?? 0;
    const to90k = shown.at(-1)?.end90k ?? 0;
    const wallMs = (at90k: number): number => startMs + at90k / 90;
    for (let at90k = from90k; at90k < to90k; ) {
      // To the next full second of the clock.
      const nextMs = Math.floor(wallMs(at90k) / 1000 + 1) * 1000;
      const end90k = Math.min(to90k, Math.max(at90k + 90, (nextMs - startMs) * 90));
      cues.push(
        `${clock((at90k + shift90k) / 90)} --> ${clock((end90k + shift90k) / 90)} line:0\n${words.full(wallMs(at90k))} ${cameraName}\n`,
      );
      at90k = end90k;
    }
  }
  return `WEBVTT\n\n${cues.join('\n')}`;
}

const round = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

function clock(mediaMs: number): string {
  const ms = Math.round(mediaMs);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const rest = String(ms % 1000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${rest}`;
}

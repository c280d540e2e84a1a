import { useState } from 'react';
import { formatDay, formatTime } from './format.ts';

interface TimeFieldProps {
  readonly kind: 'day' | 'time';
  /** Epoch ms; for a day, any moment of it. */
  readonly valueMs: number;
  readonly label: string;
  readonly testId?: string;
  onChange: (timeMs: number) => void;
}

/**
 * Reads `2026-11-23`, `2026-11-23 18:04` and `2026-11-23 18:04:05` in the person's zone; a day is its midnight.
 * @returns epoch ms; undefined for anything else, also for a 31st of November
 */
export function readTime(text: string): number | undefined {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const date = new Date(year, month - 1, day, hour, minute, second);
  return date.getMonth() === month - 1 && date.getDate() === day && hour < 24 && minute < 60
    ? date.getTime()
    : undefined;
}

/** A date or time as text: the browser's own field would show it in the order of its own country. */
export function TimeField({ kind, valueMs, label, testId, onChange }: TimeFieldProps) {
  const shown = kind === 'day' ? formatDay(valueMs) : formatTime(valueMs);
  const [draft, setDraft] = useState<string>();
  const isWrong = draft !== undefined && readTime(draft) === undefined;
  const commit = () => {
    const timeMs = draft === undefined ? undefined : readTime(draft);
    if (timeMs !== undefined && draft !== shown) onChange(timeMs);
    setDraft(undefined);
  };
  return (
    <input
      className={`input time-field ${kind}`}
      inputMode="numeric"
      aria-label={label}
      aria-invalid={isWrong}
      data-testid={testId}
      placeholder={kind === 'day' ? 'YYYY-MM-DD' : 'YYYY-MM-DD HH:MM:SS'}
      value={draft ?? shown}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setDraft(undefined);
      }}
    />
  );
}

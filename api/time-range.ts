import { apiErrors } from './errors.ts';

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * @throws {AppError} `RANGE_INVALID` when it is empty, backwards or longer than `maxMs`
 */
export function parseTimeRange(from: string, to: string, maxMs: number): TimeRange {
  const fromMs = Date.parse(from);
  const toMs = Date.parse(to);
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs) || toMs <= fromMs || toMs - fromMs > maxMs) {
    throw apiErrors.RANGE_INVALID({ field: 'to' });
  }
  return { fromMs, toMs };
}

/**
 * Epoch milliseconds of a time that the schema took for one; a leap second is none here.
 * @throws {AppError} `REQUEST_INVALID`
 */
export function parseTime(text: string, field: string): number {
  const timeMs = Date.parse(text);
  if (!Number.isFinite(timeMs)) throw apiErrors.REQUEST_INVALID({ field });
  return timeMs;
}

export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

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

export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

import type { Log } from '#infra/runtime/logger.ts';

const LEVELS = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' } as const;

/** Logs here what a thread logged there. @param line one JSON object, as pino writes it */
export function forwardLogLine(log: Log, line: string): void {
  const { level, msg, ...fields } = JSON.parse(line) as { level?: number; msg?: string } & Record<string, unknown>;
  const name = LEVELS[level as keyof typeof LEVELS] ?? 'info';
  log[name](fields, msg ?? '');
}

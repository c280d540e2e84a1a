import { type Logger, pino } from 'pino';

export type Log = Logger;

export interface LoggerOptions {
  readonly level: string;
  /** Readable lines for a terminal, else one JSON object a line. */
  readonly pretty: boolean;
}

/** The root logger. Fields that could hold a secret are cut out whatever a caller passes. */
export function createLogger({ level, pretty }: LoggerOptions): Log {
  return pino({
    level,
    redact: {
      paths: ['password', '*.password', 'secret', '*.secret', 'authorization', '*.authorization', 'cookie', '*.cookie'],
      censor: '[cut]',
    },
    ...(pretty
      ? {
          transport: {
            target: 'pino-pretty',
            options: { destination: 2, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' },
          },
        }
      : {}),
  });
}

export const silentLog: Log = pino({ level: 'silent' });

import { InvalidArgumentError } from 'commander';
import type { TransportChoice } from '#ingest/cameras/camera.ts';
import type { Credentials } from '#ingest/rtsp/rtsp-auth.ts';

export function text(maxLength: number): (value: string) => string {
  return (value) => {
    const trimmed = value.trim();
    if (trimmed === '' || trimmed.length > maxLength)
      throw new InvalidArgumentError(`one to ${maxLength} characters are needed`);
    return trimmed;
  };
}

export function degrees(limit: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() === '' || !(Math.abs(number) <= limit))
      throw new InvalidArgumentError(`a number from ${-limit} to ${limit} is needed`);
    return number;
  };
}

export function seconds(minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() === '' || !(number >= minimum && number <= maximum))
      throw new InvalidArgumentError(`a number from ${minimum} to ${maximum} is needed`);
    return number;
  };
}

export function whole(lowest: number, highest: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < lowest || number > highest)
      throw new InvalidArgumentError(`a whole number from ${lowest} to ${highest} is needed`);
    return number;
  };
}

/** Gives what the variable holds, so that a password never stands on a command line. */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new InvalidArgumentError('there is no environment variable of this name');
  return value;
}

export interface CredentialOptions {
  readonly username?: string;
  /** The password itself, read from the variable. */
  readonly passwordEnv?: string;
}

/** How to get at a camera. */
export interface ConnectionOptions extends CredentialOptions {
  readonly transport: TransportChoice;
  readonly certificateSha256?: string;
}

export function credentialsOf({ username, passwordEnv }: CredentialOptions): Credentials | undefined {
  return username === undefined ? undefined : { username, password: passwordEnv ?? '' };
}

/** A moment as ISO 8601, with its time zone; UTC epoch milliseconds. */
export function moment(value: string): number {
  const ms = /[zZ]$|[+-]\d\d:?\d\d$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms))
    throw new InvalidArgumentError(
      'a time with its zone is needed, e.g. 2026-11-23T18:04:05Z or 2026-11-23T18:04:05+08:00',
    );
  return ms;
}

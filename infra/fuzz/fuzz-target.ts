import { AppError } from '#infra/runtime/app-error.ts';

/** A parser of bytes that come from outside, and what must hold of it whatever the bytes are. */
export interface FuzzTarget {
  /** Also the folder of its findings. */
  readonly name: string;
  /** Good inputs to begin with. */
  seeds(): readonly Buffer[];
  /** What the format is made of; put in at random places. */
  readonly words?: readonly string[];
  /**
   * Feeds the parser.
   * @throws anything when something that must hold does not
   */
  run(bytes: Buffer): void | Promise<void>;
}

/** What a parser must never do. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

export function must(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new BrokenPromise(promise);
}

/**
 * Runs a parser that may refuse with one of these codes.
 * @returns the code it refused with, if it did; any other exception goes on
 */
export function refusal(codes: readonly string[], parse: () => void): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof AppError && codes.includes(error.code)) return error.code;
    throw error;
  }
}

/** Cuts bytes into pieces, the sizes one after the other and round again. */
export function* pieces(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let offset = 0;
  for (let i = 0; offset < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

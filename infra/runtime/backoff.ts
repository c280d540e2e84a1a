export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  /** 0..1; the share of the delay that is random, so that a whole city does not come back in one second. */
  readonly jitter: number;
}

/** The delay before try number `attempt` (0 = first retry): exponential, capped, with jitter downwards from the cap. */
export function backoffDelayMs(attempt: number, options: BackoffOptions, random: () => number = Math.random): number {
  const full = Math.min(options.maxMs, options.initialMs * 2 ** Math.min(attempt, 30));
  return Math.round(full * (1 - options.jitter + options.jitter * random()));
}

import type { CameraCounts, CameraRule } from '#api/contract/cameras.ts';

type HourCount = CameraCounts['hours'][number];

/** One way over a line, or the stays in one zone, over a day. */
export interface CountSum {
  readonly key: string;
  readonly ruleId: string;
  /** Undefined: the rule was removed since. */
  readonly name: string | undefined;
  readonly direction: HourCount['direction'];
  readonly total: number;
  /** Per type, the most first. */
  readonly types: readonly (readonly [type: HourCount['vehicleType'], count: number])[];
  /** 24 hours from the beginning of the day. */
  readonly hours: readonly number[];
}

const hourMs = 3_600_000;

/** In the order of the rules; each line has both ways, although nothing may have come by. Rules that were removed follow. */
export function sumCounts(counts: CameraCounts, rules: readonly CameraRule[]): CountSum[] {
  const dayMs = new Date(counts.from).getTime();
  const sums = new Map<
    string,
    { sum: Omit<CountSum, 'total' | 'types'>; types: Map<HourCount['vehicleType'], number> }
  >();
  const of = (ruleId: string, direction: HourCount['direction']) => {
    const key = `${ruleId} ${direction ?? ''}`;
    const name = rules.find(({ id }) => id === ruleId)?.name;
    const known = sums.get(key) ?? {
      sum: { key, ruleId, name, direction, hours: Array.from({ length: 24 }, () => 0) },
      types: new Map<HourCount['vehicleType'], number>(),
    };
    sums.set(key, known);
    return known;
  };
  for (const rule of rules) {
    if (rule.kind === 'dwell') of(rule.id, undefined);
    if (rule.kind !== 'line') continue;
    of(rule.id, 'forward');
    of(rule.id, 'backward');
  }
  for (const { ruleId, direction, vehicleType, hour, count } of counts.hours) {
    const { sum, types } = of(ruleId, direction);
    const index = Math.floor((new Date(hour).getTime() - dayMs) / hourMs);
    const hours = sum.hours as number[];
    if (index >= 0 && index < 24) hours[index] = (hours[index] ?? 0) + count;
    types.set(vehicleType, (types.get(vehicleType) ?? 0) + count);
  }
  return [...sums.values()].map(({ sum, types }) => ({
    ...sum,
    total: [...types.values()].reduce((total, count) => total + count, 0),
    types: [...types].toSorted((a, b) => b[1] - a[1]),
  }));
}

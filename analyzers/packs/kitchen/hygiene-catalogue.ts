/**
 * What a kitchen can be watched for. Data: rules name an item by its code, pages show its name.
 * Every item is a state of the kitchen; none says anything about who was there.
 */
export interface HygieneItem {
  readonly code: string;
  readonly name: { readonly zh: string; readonly en: string };
  /** 1: note it, 2: correct it today, 3: danger, act at once. */
  readonly severity: 1 | 2 | 3;
  /**
   * rule: found by a rule of ours on a drawn zone; measured: found by a model whose accuracy is in docs/benchmarks.md;
   * bring your model: the way is built, but no model with a usable licence is known.
   */
  readonly status: 'rule' | 'measured' | 'bring your model';
  /** How long it may last before it counts, when a rule says nothing else. */
  readonly graceMs: number;
  /** Hours a kitchen has to remedy it. */
  readonly remedyDeadlineHours: number;
}

export const HYGIENE_CATALOGUE: readonly HygieneItem[] = [
  {
    code: 'flame_unattended',
    name: { zh: '灶火无人看管', en: 'Flame left unattended' },
    severity: 3,
    status: 'rule',
    graceMs: 30_000,
    remedyDeadlineHours: 1,
  },
  {
    code: 'bin_open',
    name: { zh: '垃圾桶未加盖', en: 'Bin left open' },
    severity: 2,
    status: 'rule',
    graceMs: 60_000,
    remedyDeadlineHours: 24,
  },
  {
    code: 'no_head_cover',
    name: { zh: '未戴工作帽', en: 'Head not covered' },
    severity: 2,
    status: 'bring your model',
    graceMs: 20_000,
    remedyDeadlineHours: 24,
  },
  {
    code: 'no_mask',
    name: { zh: '未戴口罩', en: 'Mouth not covered' },
    severity: 2,
    status: 'bring your model',
    graceMs: 20_000,
    remedyDeadlineHours: 24,
  },
  {
    code: 'phone_in_hand',
    name: { zh: '操作间使用手机', en: 'Phone in hand at the work place' },
    severity: 1,
    status: 'bring your model',
    graceMs: 15_000,
    remedyDeadlineHours: 48,
  },
  {
    code: 'smoking',
    name: { zh: '操作间吸烟', en: 'Smoking in the kitchen' },
    severity: 3,
    status: 'bring your model',
    graceMs: 5000,
    remedyDeadlineHours: 24,
  },
  {
    code: 'pest_seen',
    name: { zh: '发现鼠虫害', en: 'Pest seen' },
    severity: 3,
    status: 'bring your model',
    graceMs: 1000,
    remedyDeadlineHours: 24,
  },
];

export function hygieneItem(code: string): HygieneItem | undefined {
  return HYGIENE_CATALOGUE.find((item) => item.code === code);
}

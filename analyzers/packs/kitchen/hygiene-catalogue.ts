/** A name or sentence in both languages. */
interface Text {
  readonly zh: string;
  readonly en: string;
}

/**
 * What a kitchen can be watched for. Data: rules name an item by its code, pages show its name.
 * Every item is a state of the kitchen; none says anything about who was there.
 */
export interface HygieneItem {
  readonly code: string;
  /** Goes up with every change of what the item means or how it is found. */
  readonly version: number;
  readonly name: Text;
  /** 1: note it, 2: correct it today, 3: danger, act at once. */
  readonly severity: 1 | 2 | 3;
  /**
   * measured: found by a model whose accuracy on real pictures is in docs/benchmarks.md; rule: found by a rule of ours on a drawn zone, with
   * figures on made scenes; experimental: a model is there, and its figures do not carry a verdict yet; bring your model: the way is built,
   * but no model with a usable licence is known.
   */
  readonly status: 'measured' | 'rule' | 'experimental' | 'bring your model';
  /** How it is found, in one sentence. */
  readonly method: Text;
  /** What must be drawn for it; `frame`: nothing, the whole picture counts unless a zone is drawn. */
  readonly zone: 'frame' | 'stove' | 'bin' | 'floor' | 'work place';
  /** What it needs to know of the kitchen before it can say anything. */
  readonly needs: readonly ('opening hours' | 'reference picture')[];
  /** How long it may last before it counts, when a rule says nothing else. */
  readonly graceMs: number;
  /** Share of the samples of the grace time that must show it, 0.5..1. */
  readonly agreement: number;
  /** What comes back within this time after it was over is the same violation; undefined: the grace time, 10 s at least. */
  readonly continuesWithinMs?: number;
  /** What proves it: the best picture of its time, and the recording around its beginning. */
  readonly evidence: { readonly clipBeforeMs: number; readonly clipAfterMs: number };
  /** Who is told first: the kitchen itself, or the inspector of its district. */
  readonly handledBy: 'kitchen' | 'inspector';
  /** Hours a kitchen has to remedy it. */
  readonly remedyDeadlineHours: number;
}

const USUAL = {
  version: 1,
  agreement: 0.7,
  evidence: { clipBeforeMs: 10_000, clipAfterMs: 10_000 },
  needs: [],
} as const;

export const HYGIENE_CATALOGUE: readonly HygieneItem[] = [
  {
    ...USUAL,
    version: 2,
    code: 'flame_unattended',
    name: { zh: '灶火无人看管', en: 'Flame left unattended' },
    severity: 3,
    status: 'rule',
    method: {
      zh: '灶台区域内有火焰的颜色和闪动，而附近没有人',
      en: 'Colour and flicker of a flame in the stove zone while nobody is near',
    },
    zone: 'stove',
    graceMs: 30_000,
    handledBy: 'kitchen',
    remedyDeadlineHours: 1,
  },
  {
    ...USUAL,
    code: 'bin_open',
    name: { zh: '垃圾桶未加盖或溢出', en: 'Bin open or overflowing' },
    severity: 2,
    status: 'rule',
    method: {
      zh: '垃圾桶区域与加盖时的画面不同，光线变化除外',
      en: 'The bin zone differs from how it looks when closed, changes of light aside',
    },
    zone: 'bin',
    graceMs: 60_000,
    handledBy: 'kitchen',
    remedyDeadlineHours: 24,
  },
  {
    ...USUAL,
    version: 2,
    code: 'no_mask',
    name: { zh: '未戴口罩', en: 'Mouth not covered' },
    severity: 2,
    status: 'measured',
    method: {
      zh: '在人的头部区域判断口鼻是否遮住；背对镜头或过小时不作判断',
      en: 'Whether mouth and nose are covered, judged in the head region of a person; nothing is told of heads that are turned away or too small',
    },
    zone: 'frame',
    graceMs: 20_000,
    handledBy: 'kitchen',
    remedyDeadlineHours: 24,
  },
  {
    ...USUAL,
    version: 2,
    code: 'mask_below_nose',
    name: { zh: '口罩未遮住鼻子', en: 'Mask below the nose' },
    severity: 1,
    status: 'bring your model',
    method: { zh: '需自备模型', en: 'Needs a model of your own' },
    zone: 'frame',
    graceMs: 30_000,
    handledBy: 'kitchen',
    remedyDeadlineHours: 48,
  },
  {
    ...USUAL,
    version: 3,
    code: 'no_head_cover',
    name: { zh: '未戴工作帽', en: 'Head not covered' },
    severity: 2,
    status: 'experimental',
    method: {
      zh: '在人的头部区域判断头发是否被帽子、发网遮住；头太小或看不清时不作判断，透明发网、与头发同色的帽子可能判错',
      en: 'Whether a hat, cap or net covers the hair, judged in the head region of a person; nothing is told of heads that are too small or unclear, and a net that is hardly to be seen, or a cap of the colour of the hair, may be told wrongly',
    },
    zone: 'frame',
    graceMs: 20_000,
    handledBy: 'kitchen',
    remedyDeadlineHours: 24,
  },
  {
    ...USUAL,
    version: 3,
    code: 'phone_in_hand',
    name: { zh: '操作间使用手机', en: 'Phone in hand at the work place' },
    severity: 1,
    status: 'experimental',
    method: {
      zh: '在人手可能到达的区域内查找手机，需下载 YOLOX-nano；人太小时不作判断，手持的相机、遥控器可能被当作手机',
      en: 'Looks for a phone where the hands of a person are, with the downloaded YOLOX-nano; nothing is told of people who are too small, and a camera or a remote control may be taken for a phone',
    },
    zone: 'work place',
    graceMs: 15_000,
    // A phone is hidden by the hand, or too blurred, in every second picture.
    agreement: 0.5,
    handledBy: 'kitchen',
    remedyDeadlineHours: 48,
  },
  {
    ...USUAL,
    version: 2,
    code: 'smoking',
    name: { zh: '操作间吸烟', en: 'Smoking in the kitchen' },
    severity: 3,
    status: 'bring your model',
    method: { zh: '需自备模型', en: 'Needs a model of your own' },
    zone: 'frame',
    graceMs: 5000,
    handledBy: 'inspector',
    remedyDeadlineHours: 24,
  },
  {
    ...USUAL,
    code: 'tools_mixed',
    name: { zh: '生熟工具混用', en: 'Tools for raw and cooked food mixed' },
    severity: 2,
    status: 'bring your model',
    method: { zh: '需自备模型', en: 'Needs a model of your own' },
    zone: 'work place',
    graceMs: 10_000,
    handledBy: 'inspector',
    remedyDeadlineHours: 24,
  },
  {
    ...USUAL,
    code: 'rodent',
    name: { zh: '发现鼠类活动', en: 'Rodent seen' },
    severity: 3,
    status: 'rule',
    method: {
      zh: '营业时间外，地面区域内有小而快的移动物',
      en: 'Something small that moves fast over the floor zone outside opening hours',
    },
    zone: 'floor',
    needs: ['opening hours'],
    graceMs: 1000,
    continuesWithinMs: 600_000,
    handledBy: 'inspector',
    remedyDeadlineHours: 24,
  },
  {
    ...USUAL,
    code: 'presence_after_hours',
    name: { zh: '非营业时间有人', en: 'Somebody present outside hours' },
    severity: 2,
    status: 'rule',
    method: { zh: '营业时间外画面中有人', en: 'A person in the picture outside opening hours' },
    zone: 'frame',
    needs: ['opening hours'],
    graceMs: 30_000,
    handledBy: 'kitchen',
    remedyDeadlineHours: 24,
  },
  {
    ...USUAL,
    version: 2,
    code: 'floor_dirty',
    name: { zh: '地面积水或有杂物', en: 'Floor wet or littered' },
    severity: 2,
    status: 'rule',
    method: {
      zh: '地面区域与参考画面不同，光线和阴影除外',
      en: 'The floor zone differs from the reference picture, light and shadows aside',
    },
    zone: 'floor',
    needs: ['reference picture'],
    graceMs: 120_000,
    handledBy: 'kitchen',
    remedyDeadlineHours: 4,
  },
  {
    ...USUAL,
    code: 'camera_obstructed',
    name: { zh: '摄像机被遮挡或移位', en: 'Camera covered or moved' },
    severity: 2,
    status: 'rule',
    method: {
      zh: '画面失去细节，或与参考画面不再对得上',
      en: 'The picture has lost its detail, or no longer matches the reference picture',
    },
    zone: 'frame',
    needs: ['reference picture'],
    graceMs: 30_000,
    handledBy: 'kitchen',
    remedyDeadlineHours: 4,
  },
];

export function hygieneItem(code: string): HygieneItem | undefined {
  return HYGIENE_CATALOGUE.find((item) => item.code === code);
}

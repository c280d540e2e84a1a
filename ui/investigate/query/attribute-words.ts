import type { PlateColour, TravelDirection, VehicleColour, VehicleType } from '#api/contract/common.ts';
import { isBoundary } from './scan.ts';

export type AttributeTerm =
  | { readonly kind: 'colour'; readonly value: VehicleColour }
  | { readonly kind: 'type'; readonly value: VehicleType; readonly isBroader?: boolean }
  | { readonly kind: 'direction'; readonly value: TravelDirection }
  | { readonly kind: 'plateColour'; readonly value: PlateColour }
  | { readonly kind: 'fuzzy' }
  | { readonly kind: 'filler' };

const colours: readonly (readonly [VehicleColour, string])[] = [
  ['white', '白色|乳白|white'],
  ['silver', '银色|银白|silver'],
  ['grey', '灰色|银灰|深灰|浅灰|grey|gray'],
  ['black', '黑色|black'],
  ['red', '红色|枣红|酒红|red'],
  ['orange', '橙色|桔色|橘色|orange'],
  ['yellow', '黄色|yellow'],
  ['green', '绿色|green'],
  ['blue', '蓝色|深蓝|浅蓝|blue'],
  ['brown', '棕色|褐色|咖啡色|brown|tan'],
];
/** Single characters are colours only where nothing else can be meant, 白车 or alone: 黄河路 is no colour. */
const aloneColours: readonly (readonly [VehicleColour, string])[] = [
  ['white', '白'],
  ['silver', '银'],
  ['grey', '灰'],
  ['black', '黑'],
  ['red', '红'],
  ['orange', '橙'],
  ['yellow', '黄'],
  ['green', '绿'],
  ['blue', '蓝'],
  ['brown', '棕'],
];
const types: readonly (readonly [VehicleType, string])[] = [
  ['car', '轿车|小轿车|小汽车|小车|家用车|car|sedan|saloon'],
  ['bus', '客车|大客车|中巴|大巴车|大巴|公交车|公交|巴士|校车|bus|coach'],
  ['truck', '货车|大货车|小货车|卡车|半挂车|半挂|truck|lorry'],
  ['van', '面包车|面包|厢式车|van|minivan|minibus'],
  ['motorcycle', '摩托车|摩托|motorcycle|motorbike'],
];
/** What the platform does not tell apart is searched as the wider type, and the chip says so. */
const broaderTypes: readonly (readonly [VehicleType, string])[] = [
  ['car', 'suv|越野车|越野|出租车|出租|taxi|跑车|mpv|商务车'],
  ['truck', '皮卡|pickup|渣土车|搅拌车|油罐车'],
];
const directions: readonly (readonly [TravelDirection, string])[] = [
  ['approaching', '驶来|来向|迎面|开来|approaching|towards|oncoming'],
  ['receding', '驶离|驶去|去向|离开|开走|receding|leaving|away'],
  ['leftward', '向左|往左|左行|leftwards|leftward|to the left'],
  ['rightward', '向右|往右|右行|rightwards|rightward|to the right'],
  ['standing', '停着|停放|停车|静止|standing|parked|stationary'],
];
const plateColours: readonly (readonly [PlateColour, string])[] = [
  ['blue', '蓝牌车|蓝牌|blue plate'],
  ['green', '绿牌车|绿牌|新能源车|新能源|green plate'],
  ['yellow', '黄牌车|黄牌|yellow plate'],
  ['white', '白牌车|白牌|white plate'],
  ['black', '黑牌车|黑牌|black plate'],
];
const fuzzyWords = '模糊查询|模糊|近似|相似|fuzzy|similar';
const fillers =
  '车牌号码|车牌号|车牌|号牌|附近|一辆|一台|经过|路过|的车|时间|期间|之间|的|在|和|车|plate|near|with|and|the|of|at|on|in|an|a';

const table: readonly (readonly [word: string, term: AttributeTerm])[] = [
  ...colours.flatMap(([value, words]) => words.split('|').map((word) => [word, { kind: 'colour', value }] as const)),
  ...types.flatMap(([value, words]) => words.split('|').map((word) => [word, { kind: 'type', value }] as const)),
  ...broaderTypes.flatMap(([value, words]) =>
    words.split('|').map((word) => [word, { kind: 'type', value, isBroader: true }] as const),
  ),
  ...directions.flatMap(([value, words]) =>
    words.split('|').map((word) => [word, { kind: 'direction', value }] as const),
  ),
  ...plateColours.flatMap(([value, words]) =>
    words.split('|').map((word) => [word, { kind: 'plateColour', value }] as const),
  ),
  ...fuzzyWords.split('|').map((word) => [word, { kind: 'fuzzy' }] as const),
  ...fillers.split('|').map((word) => [word, { kind: 'filler' }] as const),
];
const byLength = table.toSorted((a, b) => b[0].length - a[0].length);

/** The longest word of the list at this place; Latin words only as whole words. */
export function readAttribute(text: string, index: number): { end: number; term: AttributeTerm } | undefined {
  for (const [value, word] of aloneColours) {
    const rest = text.slice(index + 1);
    if (
      text.charAt(index) === word &&
      (rest === '' || /^(?:[\s,，;；、]|车|轿|面包|货|客|摩托|小|大|越野|suv)/.test(rest))
    )
      return { end: index + 1, term: { kind: 'colour', value } };
  }
  for (const [word, term] of byLength) {
    const end = index + word.length;
    if (text.startsWith(word, index) && isBoundary(text, index) && isBoundary(text, end)) return { end, term };
  }
  return undefined;
}

/** Whether the word may still grow into a longer one of the list, so that it is left alone while it is typed. */
export function canGrow(word: string): boolean {
  return table.some(([longer]) => longer.length > word.length && longer.startsWith(word));
}

const chinese = /\P{ASCII}/u;
/** Words for times that are worth offering. */
const timeWords = [
  ...'今天 昨天 前天 昨晚 上周 最近一小时 近3天 近7天 近30天 早高峰 晚高峰 凌晨 上午 下午 晚上'.split(' '),
  ...'today|yesterday|last night|last hour|last 3 days|last 7 days|last 30 days|morning rush|evening rush|morning|afternoon|evening'.split(
    '|',
  ),
];

/** Words of the list that begin with what is typed, the shortest first; one for each meaning. */
export function suggestWords(typed: string, count: number): readonly string[] {
  const wanted = typed.toLowerCase();
  if (wanted === '' || (!chinese.test(wanted) && wanted.length < 2)) return [];
  const meant = new Set<string>();
  const words = [
    ...byLength.toReversed().flatMap(([word, term]) => (term.kind === 'filler' ? [] : [{ word, term }])),
    ...timeWords.map((word) => ({ word, term: { kind: word } })),
  ];
  return words
    .filter(({ word, term }) => {
      const meaning = JSON.stringify(term);
      if (word === wanted || !word.startsWith(wanted) || meant.has(meaning)) return false;
      meant.add(meaning);
      return true;
    })
    .slice(0, count)
    .map(({ word }) => word);
}

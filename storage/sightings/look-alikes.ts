import { PROVINCES } from '#analyzers/packs/plate/plate-alphabet.ts';

/**
 * Characters of similar shape, as any reader of plates takes them for each other: what is known before anything was learned from our own
 * reader. Latin: shape classes of the plate typeface (GA 36-2018). Han: the same radical or the same outline at 12 px.
 */
const GROUPS = [
  '0DOQ',
  'CG6',
  '8B3',
  '2Z7',
  '5S',
  '1IL',
  '7T1',
  'VYU',
  'MNWH',
  'KX',
  'EF',
  'PRF',
  '4A',
  '9P',
  '6G8',
  '湘浙渝沪津',
  '吉青晋贵',
  '川京',
  '苏鲁鄂',
  '皖陕',
  '赣豫',
  '粤闽',
  '云甘',
  '蒙冀',
  '黑辽',
  '警学',
  '港澳',
];

const BY_CHARACTER = new Map<string, Set<string>>();
for (const group of GROUPS)
  for (const character of group) {
    const others = BY_CHARACTER.get(character) ?? new Set();
    for (const other of group) if (other !== character) others.add(other);
    BY_CHARACTER.set(character, others);
  }

export function looksLike(a: string, b: string): boolean {
  return BY_CHARACTER.get(a)?.has(b) ?? false;
}

export function lookAlikesOf(character: string): readonly string[] {
  return [...(BY_CHARACTER.get(character) ?? [])];
}

const PROVINCE_SET = new Set(PROVINCES);

export function isProvince(character: string): boolean {
  return PROVINCE_SET.has(character);
}

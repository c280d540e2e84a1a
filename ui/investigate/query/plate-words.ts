import { isBoundary, matchAt } from './scan.ts';

const provinces = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使';
const suffixes = '挂学警港澳使领试超';

export interface PlateMatch {
  readonly end: number;
  /** As asked for, with the wildcards typed. */
  readonly plate: string;
  readonly isFuzzy: boolean;
}

const withProvince = new RegExp(`[${provinces}?]([a-z?*])[·.\\s]?([a-z0-9?*]{0,8})([${suffixes}]?)`, 'y');
const provinceAlone = new RegExp(`[${provinces}][?*]?(?=$|[\\s,，;；、])`, 'y');
const bare = new RegExp(`[a-z0-9?*]{2,9}[${suffixes}]?`, 'y');
const tilde = /\s*~/y;

/** A Chinese plate or part of one that begins with its province, or a part of any: letters and digits with at least one digit or wildcard. */
export function readPlate(text: string, index: number): PlateMatch | undefined {
  const lead = matchAt(/~\s*/y, text, index);
  const start = index + (lead?.[0].length ?? 0);
  const found = readText(text, start);
  if (!found) return undefined;
  const tail = matchAt(tilde, text, found.end);
  return {
    end: found.end + (tail?.[0].length ?? 0),
    plate: text
      .slice(start, found.end)
      .toUpperCase()
      .replace(/[·.\s]/g, ''),
    isFuzzy: lead !== undefined || tail !== undefined,
  };
}

function readText(text: string, index: number): { end: number } | undefined {
  const full = matchAt(withProvince, text, index);
  if (full && isBoundary(text, index + full[0].length)) {
    const whole = full[0];
    const gapAt = whole.search(/[\s]/);
    // Behind a blank comes the rest of the plate or the next word: 皖A 8K23X, but 皖A 18点.
    if (gapAt < 0 || /^[a-z0-9?*]{4,6}$/.test(full[2] ?? '')) return plausible(text, index, index + whole.length);
    return plausible(text, index, index + gapAt);
  }
  const alone = matchAt(provinceAlone, text, index);
  if (alone) return { end: index + alone[0].length };
  const part = matchAt(bare, text, index);
  if (!part || !isBoundary(text, index) || !isBoundary(text, index + part[0].length)) return undefined;
  const characters = part[0];
  const isSomething = /[a-z0-9]/.test(characters) && (/\d/.test(characters) || /[?*]/.test(characters));
  const isLong = characters.length >= 3 || /[?*]/.test(characters);
  return isSomething && isLong ? plausible(text, index, index + characters.length) : undefined;
}

/** `?` alone says nothing; a unit behind a number says that it was another thing: 200米. */
function plausible(text: string, index: number, end: number): { end: number } | undefined {
  if (!/[^?*]/.test(text.slice(index, end))) return undefined;
  return /^[路号米楼层室点时日月年天分秒度%]/.test(text.slice(end)) ? undefined : { end };
}

const wholeLength = 7;
const hasWildcard = (plate: string): boolean => /[?*]/.test(plate);

/**
 * The pattern that is sent. A part of a plate stands for all plates that hold it (that begin with it, when it begins with a province),
 * so `皖A8?23` finds plates although a plate has seven characters. A whole plate stays as it is.
 */
export function platePattern(plate: string, isFuzzy: boolean): string {
  if (plate === '' || plate.includes('*')) return plate;
  const characters = Array.from(plate);
  if (characters.length >= wholeLength || (isFuzzy && !hasWildcard(plate) && characters.length >= 5)) return plate;
  const startsWhole = provinces.includes(characters[0] ?? '') || characters[0] === '?';
  return `${startsWhole ? '' : '*'}${plate}*`;
}

/** Likely readings are only counted for a whole plate without wildcards. */
export function canBeFuzzy(plate: string): boolean {
  return plate.length >= 5 && !hasWildcard(plate);
}

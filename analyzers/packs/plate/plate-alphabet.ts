/** First characters of mainland plates: the provinces' short names. */
export const PROVINCES = '京沪津渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新';
/** I and O are never used: they look like 1 and 0. */
export const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
export const DIGITS = '0123456789';
/** Last characters of special plates: learner, trailer, Hong Kong, Macau, police, embassy, consulate. */
export const SUFFIXES = '学挂港澳警使领';
/** Third character of small new-energy plates, last one of large ones (GA 36-2018). */
export const NEW_ENERGY_LETTERS = 'ABCDEFGHJK';

export type PlateKind = 'standard' | 'new-energy';

/** Any string of the form of a plate: seven characters, or eight for new energy. */
const STANDARD = new RegExp(
  `^[${PROVINCES}][${LETTERS}][${LETTERS}${DIGITS}]{4}[${LETTERS}${DIGITS}${SUFFIXES}]$`,
  'u',
);
const NEW_ENERGY_SMALL = new RegExp(
  `^[${PROVINCES}][${LETTERS}][${NEW_ENERGY_LETTERS}][${LETTERS}${DIGITS}]\\d{4}$`,
  'u',
);
const NEW_ENERGY_LARGE = new RegExp(`^[${PROVINCES}][${LETTERS}]\\d{5}[${NEW_ENERGY_LETTERS}]$`, 'u');

/** What kind of plate a text is; undefined when it cannot be one. */
export function plateKind(text: string): PlateKind | undefined {
  if (STANDARD.test(text)) return 'standard';
  return NEW_ENERGY_SMALL.test(text) || NEW_ENERGY_LARGE.test(text) ? 'new-energy' : undefined;
}

/** Characters that may follow a prefix so that a plate can still come of it; empty when it is complete. */
export function nextCharacters(prefix: string): string {
  switch (prefix.length) {
    case 0:
      return PROVINCES;
    case 1:
      return LETTERS;
    case 2:
    case 3:
    case 4:
    case 5:
      return LETTERS + DIGITS;
    case 6:
      return LETTERS + DIGITS + SUFFIXES;
    case 7:
      return newEnergyEnding(prefix);
    default:
      return '';
  }
}

function newEnergyEnding(prefix: string): string {
  const small = NEW_ENERGY_LETTERS.includes(prefix[2] ?? '') && /^\d{3}$/.test(prefix.slice(4)) ? DIGITS : '';
  return small + (/^\d{5}$/.test(prefix.slice(2)) ? NEW_ENERGY_LETTERS : '');
}

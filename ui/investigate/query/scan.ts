/** Match of a sticky pattern at one place of the text. */
export function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text) ?? undefined;
}

/** Half width and lower case, character by character, so that places in the text stay the same. */
export function plainText(typed: string): string {
  return Array.from({ length: typed.length }, (_, index) => {
    const character = typed.charAt(index);
    const plain = character.normalize('NFKC').toLowerCase();
    return plain.length === 1 ? plain : character;
  }).join('');
}

const latin = /[a-z0-9]/;

/** Whether a word of Latin letters or digits may begin (or end) here: not inside of another. */
export function isBoundary(text: string, index: number): boolean {
  return !(latin.test(text.charAt(index - 1)) && latin.test(text.charAt(index)));
}

const digits: Readonly<Record<string, number>> = {
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};

/** `12`, `三`, `十二`, `二十`: counts as people write them, below a hundred in Chinese. */
export function readCount(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (digits[text] !== undefined) return digits[text];
  const match = /^([一二三四五六七八九]?)十([一二三四五六七八九]?)$/.exec(text);
  if (!match) return undefined;
  return (digits[match[1] ?? ''] ?? 1) * 10 + (digits[match[2] ?? ''] ?? 0);
}

export const countPattern = '\\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]';

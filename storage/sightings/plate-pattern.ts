import { storageErrors } from '../errors.ts';

/** What a person typed, as the database understands it. */
export type PlatePattern =
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'partial'; readonly text: string; readonly like: string };

/** Upper case, half width, without separators: `京a·12 345` → `京A12345`. */
export function normalisePlate(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s·•・.\-_]/g, '');
}

/**
 * `?` stands for one character, `*` for any number.
 * @throws {AppError} `PLATE_PATTERN_INVALID`
 */
export function parsePlatePattern(typed: string): PlatePattern {
  const text = normalisePlate(typed);
  if (!/^[\p{Script=Han}A-Z0-9?*]{1,16}$/u.test(text))
    throw storageErrors.PLATE_PATTERN_INVALID({ length: text.length });
  if (!/[?*]/.test(text)) return { kind: 'exact', text };
  return { kind: 'partial', text, like: text.replaceAll('?', '_').replaceAll(/\*+/g, '%') };
}

/** Every pattern in which one character of a plate is unknown, first character first. */
export function withOneUnknown(text: string): readonly string[] {
  const characters = Array.from(text);
  return characters.map((_, index) => characters.with(index, '?').join(''));
}

/** The parts of a KeyboardEvent that decide; so a test needs no browser. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/**
 * One name per key: `K`, `1`, `Space`, `ArrowLeft`, `?`, `Mod+K` (Ctrl or ⌘). Letters are upper case whether Shift is held or not;
 * Shift counts only for keys that have no other sign for it (`Shift+ArrowLeft`).
 */
export function keyName(press: KeyPress): string {
  const isCharacter = Array.from(press.key).length === 1;
  const base = press.key === ' ' ? 'Space' : isCharacter ? press.key.toUpperCase() : press.key;
  const shift = press.shiftKey && (!isCharacter || press.key === ' ') ? 'Shift+' : '';
  return `${press.ctrlKey || press.metaKey ? 'Mod+' : ''}${press.altKey ? 'Alt+' : ''}${shift}${base}`;
}

/** Keys typed into a text field belong to the field; only combinations and Escape reach the page. */
export function isForField(tagName: string, inputType: string, name: string): boolean {
  if (name.startsWith('Mod+') || name === 'Escape') return false;
  if (tagName === 'TEXTAREA' || tagName === 'SELECT') return true;
  return tagName === 'INPUT' && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(inputType);
}

/** Enter and Space press the focused button; a page must not take them from it. */
export function isForButton(tagName: string, name: string): boolean {
  return (tagName === 'BUTTON' || tagName === 'A') && (name === 'Enter' || name === 'Space');
}

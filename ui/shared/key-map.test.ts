import { expect, test } from 'vitest';
import { isForButton, isForField, keyName, type KeyPress } from './key-map.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test('gives letters one name with and without Shift', () => {
  expect(keyName(press('f'))).toBe('F');
  expect(keyName(press('F', { shiftKey: true }))).toBe('F');
});

test('takes Ctrl and ⌘ as the same', () => {
  expect(keyName(press('k', { ctrlKey: true }))).toBe('Mod+K');
  expect(keyName(press('k', { metaKey: true }))).toBe('Mod+K');
});

test('names the space bar, arrows and the question mark', () => {
  expect(keyName(press(' '))).toBe('Space');
  expect(keyName(press('ArrowLeft', { shiftKey: true }))).toBe('Shift+ArrowLeft');
  expect(keyName(press('?', { shiftKey: true }))).toBe('?');
});

test('leaves plain keys to a text field, but not combinations or Escape', () => {
  expect(isForField('INPUT', 'text', 'F')).toBe(true);
  expect(isForField('TEXTAREA', '', 'Space')).toBe(true);
  expect(isForField('INPUT', 'text', 'Mod+K')).toBe(false);
  expect(isForField('INPUT', 'text', 'Escape')).toBe(false);
  expect(isForField('INPUT', 'checkbox', 'F')).toBe(false);
  expect(isForField('DIV', '', 'F')).toBe(false);
});

test('leaves Enter and Space to a focused button', () => {
  expect(isForButton('BUTTON', 'Space')).toBe(true);
  expect(isForButton('BUTTON', 'F')).toBe(false);
  expect(isForButton('DIV', 'Enter')).toBe(false);
});

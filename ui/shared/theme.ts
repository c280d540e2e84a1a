import { readSetting, writeSetting } from './local-setting.ts';

export type Theme = 'dark' | 'light';

export function currentTheme(): Theme {
  return document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark';
}

/** Dark unless the person chose light: most sit in a dark room. */
export function startTheme(): void {
  document.documentElement.dataset['theme'] = readSetting('theme') === 'light' ? 'light' : 'dark';
}

export function chooseTheme(theme: Theme): void {
  writeSetting('theme', theme);
  document.documentElement.dataset['theme'] = theme;
}

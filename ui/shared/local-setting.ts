/** What the browser remembers for its person; a full or forbidden store must not break a page. */
export function readSetting(name: string): string | undefined {
  try {
    return localStorage.getItem(`vantage.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`vantage.${name}`, value);
  } catch {
    // Nothing is lost but the memory of a choice.
  }
}

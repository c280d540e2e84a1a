/** `avc1.640028` → `H.264`; what it does not know stays as it is. */
export function codecName(codec: string | undefined): string {
  if (codec === undefined) return '';
  if (/^(avc[13]|h\.?264)/i.test(codec)) return 'H.264';
  if (/^(hvc1|hev1|h\.?265)/i.test(codec)) return 'H.265';
  return codec;
}

/** Whether a recorded file of this RFC 6381 list holds sound. */
export function hasSound(codecs: string): boolean {
  return /(^|,\s*)(mp4a|alaw|ulaw|opus)/i.test(codecs);
}

const sounds = { aac: 'AAC', pcma: 'G.711 A', pcmu: 'G.711 µ' } as const;

/** `pcma` → `G.711 A`; empty without sound. */
export function soundName(sound: keyof typeof sounds | undefined): string {
  return sound === undefined ? '' : sounds[sound];
}

/** Two short tones: heard in a room of talk, and over. */
const tonesHz = [880, 1175] as const;
const toneSeconds = 0.12;
const loudness = 0.12;

let context: AudioContext | undefined;

/** Sounds an alert. @returns false while the browser allows no sound because nobody has touched the page yet */
export function beep(): boolean {
  try {
    context ??= new AudioContext();
    // Waits for ever where the browser wants a touch first.
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    if (context.state !== 'running') return false;
    for (const [index, frequency] of tonesHz.entries()) {
      const at = context.currentTime + index * toneSeconds * 1.2;
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = frequency;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(loudness, at + 0.01);
      gain.gain.linearRampToValueAtTime(0, at + toneSeconds);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + toneSeconds);
    }
    return true;
  } catch {
    // No sound device: the picture says it too.
    return false;
  }
}

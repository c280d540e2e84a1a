import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { TextKey } from './i18n.ts';
import { isForButton, isForField, keyName } from './key-map.ts';

/** A key of the page: `show` is what the help prints when it differs from the key's name. */
export interface KeyBinding {
  readonly keys: readonly string[];
  readonly label: TextKey;
  readonly show?: string;
  run(key: string): void;
}

interface Layer {
  readonly current: readonly KeyBinding[];
}

const layers: Layer[] = [];
const listeners = new Set<() => void>();
let snapshot: readonly KeyBinding[] = [];

function publish(): void {
  snapshot = layers.flatMap((layer) => layer.current);
  for (const listener of listeners) listener();
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented) return;
  const name = keyName(event);
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  const inputType = target instanceof HTMLInputElement ? target.type : '';
  if (isForField(target.tagName, inputType, name) || isForButton(target.tagName, name)) return;
  // An open dialog has the keyboard to itself, but for its own bindings, which are the newest.
  for (const layer of layers.toReversed()) {
    const binding = layer.current.find((candidate) => candidate.keys.includes(name));
    if (!binding) continue;
    if (document.querySelector('dialog[open]') && !name.startsWith('Mod+')) return;
    event.preventDefault();
    binding.run(name);
    return;
  }
}

/** Binds keys while the component is mounted; the newest component goes first. Bindings may change at every render. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const layer = useRef<readonly KeyBinding[]>(bindings);
  layer.current = bindings;
  useEffect(() => {
    if (layers.length === 0) window.addEventListener('keydown', onKeyDown);
    layers.push(layer);
    publish();
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) window.removeEventListener('keydown', onKeyDown);
      publish();
    };
  }, []);
}

/** All keys that work now, for the help. */
export function useBoundKeys(): readonly KeyBinding[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );
}

import { type RefObject, useEffect, useRef } from 'react';

/** For a menu: a click beside it, or Escape, closes it. */
export function useOutsideClick<Element extends HTMLElement>(
  isOpen: boolean,
  onClose: () => void,
): RefObject<Element | null> {
  const holder = useRef<Element>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    if (!isOpen) return;
    const onDown = (event: PointerEvent) => {
      if (event.target instanceof Node && !holder.current?.contains(event.target)) close.current();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close.current();
    };
    window.addEventListener('pointerdown', onDown, true);
    window.addEventListener('keydown', onKey, true);
    return () => {
      window.removeEventListener('pointerdown', onDown, true);
      window.removeEventListener('keydown', onKey, true);
    };
  }, [isOpen]);
  return holder;
}

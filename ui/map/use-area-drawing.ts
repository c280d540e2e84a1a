import { type PointerEvent, type MouseEvent, useRef, useState } from 'react';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Smaller is a slip of the hand. */
const smallestPx = 8;

/** A rectangle drawn over an element with Shift held, or after a button armed it; the element's own dragging is kept from it. */
export function useAreaDrawing(onDrawn: (from: Point, to: Point) => void) {
  const [isArmed, setArmed] = useState(false);
  const [ends, setEnds] = useState<{ from: Point; to: Point }>();
  const isDrawing = useRef(false);
  const pointOf = (event: PointerEvent<HTMLElement>): Point => {
    const frame = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };
  const isTool = (event: PointerEvent | MouseEvent): boolean =>
    event.target instanceof Element && event.target.closest('.map-tools') !== null;
  const handlers = {
    onPointerDownCapture: (event: PointerEvent<HTMLElement>) => {
      if (!(event.shiftKey || isArmed) || event.button !== 0 || isTool(event)) return;
      event.stopPropagation();
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      isDrawing.current = true;
      setEnds({ from: pointOf(event), to: pointOf(event) });
    },
    // The map listens to the mouse, not to the pointer.
    onMouseDownCapture: (event: MouseEvent<HTMLElement>) => {
      if ((event.shiftKey || isArmed) && !isTool(event)) event.stopPropagation();
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (!isDrawing.current) return;
      const to = pointOf(event);
      setEnds((before) => before && { ...before, to });
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (!isDrawing.current) return;
      isDrawing.current = false;
      const to = pointOf(event);
      setEnds(undefined);
      setArmed(false);
      if (ends && Math.abs(to.x - ends.from.x) >= smallestPx && Math.abs(to.y - ends.from.y) >= smallestPx)
        onDrawn(ends.from, to);
    },
    onPointerCancel: () => {
      isDrawing.current = false;
      setEnds(undefined);
    },
  };
  const box = ends && {
    left: Math.min(ends.from.x, ends.to.x),
    top: Math.min(ends.from.y, ends.to.y),
    width: Math.abs(ends.to.x - ends.from.x),
    height: Math.abs(ends.to.y - ends.from.y),
  };
  return { isArmed, setArmed, handlers, box };
}

import { useEffect, useRef, useState } from 'react';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { readTour, stepBy, type Tour } from './tour.ts';
import { fromStep, type Wall } from './wall-layout.ts';

export interface RunningTour {
  readonly tour: Tour | undefined;
  /** Until the next step. */
  readonly leftSeconds: number;
  start: (tour: Tour) => void;
  step: (by: number) => void;
  setPaused: (isPaused: boolean) => void;
  stop: () => void;
}

/** Shows the steps of a tour one after the other; a touch of the wall pauses it. It outlives a reload, paused. */
export function useTour(screen: number, show: (wall: Wall) => void): RunningTour {
  const name = `tour.${screen}`;
  const [tour, setTour] = useState<Tour | undefined>(() => readTour(readSetting(name)));
  const [leftSeconds, setLeft] = useState(0);
  const latest = useRef(show);
  latest.current = show;
  useEffect(() => writeSetting(name, tour ? JSON.stringify(tour) : ''), [name, tour]);
  const go = (next: Tour) => {
    setTour(next);
    setLeft(next.dwellSeconds);
    const step = next.steps[next.at];
    if (step) latest.current(fromStep(step));
  };
  const isRunning = tour !== undefined && !tour.isPaused;
  const tick = useRef(() => undefined as void);
  tick.current = () => {
    if (!tour) return;
    if (leftSeconds <= 1) go(stepBy(tour, 1));
    else setLeft(leftSeconds - 1);
  };
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => tick.current(), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return {
    tour,
    leftSeconds,
    start: go,
    step: (by) => tour && go(stepBy(tour, by)),
    setPaused: (isPaused) => {
      setTour((before) => before && (before.isPaused === isPaused ? before : { ...before, isPaused }));
      if (!isPaused && tour) setLeft((before) => before || tour.dwellSeconds);
    },
    stop: () => setTour(undefined),
  };
}

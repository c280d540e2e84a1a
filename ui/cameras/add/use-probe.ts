import { useEffect, useRef, useState } from 'react';
import type { ProbeRequest, ProbeResult, ProbeStep } from '#api/contract/cameras.ts';
import { probeCamera } from './probe-client.ts';

export interface ProbeState {
  readonly isRunning: boolean;
  readonly startedMs: number;
  /** Steps passed so far; of a finished probe all, up to the first that failed. */
  readonly steps: readonly ProbeStep[];
  readonly isRtsp: boolean;
  readonly result: ProbeResult | undefined;
  readonly error: unknown;
}

export interface Probe extends ProbeState {
  /** @returns undefined when it was given up or the server could not be asked */
  readonly start: (body: ProbeRequest) => Promise<ProbeResult | undefined>;
  readonly cancel: () => void;
}

const idle: ProbeState = {
  isRunning: false,
  startedMs: 0,
  steps: [],
  isRtsp: false,
  result: undefined,
  error: undefined,
};

/** One probe at a time; a new one, or leaving the page, gives the old one up, on the server too. */
export function useProbe(): Probe {
  const [state, setState] = useState<ProbeState>(idle);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  return {
    ...state,
    async start(body) {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      const isRtsp = /^rtsps?:\/\//i.test(body.url);
      setState({ ...idle, isRunning: true, startedMs: Date.now(), isRtsp });
      try {
        const result = await probeCamera(body, {
          signal: abort.signal,
          onStep: (step) => {
            if (!abort.signal.aborted) setState((before) => ({ ...before, steps: [...before.steps, step] }));
          },
        });
        if (abort.signal.aborted) return undefined;
        setState((before) => ({ ...before, isRunning: false, steps: result.steps, result }));
        return result;
      } catch (error) {
        if (!abort.signal.aborted) setState((before) => ({ ...before, isRunning: false, error }));
        return undefined;
      }
    },
    cancel() {
      running.current?.abort();
      setState(idle);
    },
  };
}

export function isPassed({ steps }: ProbeResult): boolean {
  return steps.at(-1)?.step === 'picture' && steps.every(({ ok }) => ok);
}

import { useSyncExternalStore } from 'react';
import { ApiProblem } from './api-client.ts';
import { useText } from './i18n.ts';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; run(): void };
}

const shownMs = 8_000;
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function setToasts(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says in passing what was done, with a way back where there is one; at most three at a time. */
export function showToast(text: string, action?: Toast['action']): void {
  lastId += 1;
  const toast: Toast = { id: lastId, text, ...(action ? { action } : {}) };
  setToasts([...toasts, toast].slice(-3));
  setTimeout(() => setToasts(toasts.filter((other) => other.id !== toast.id)), shownMs);
}

/** A failed action's sentence as a toast, for use as `onError`. */
export function useProblemToast(): (error: unknown) => void {
  const { say, pick } = useText();
  return (error) => {
    const problem = error instanceof ApiProblem ? error.problem : undefined;
    if (!problem) return showToast(say('error.page'));
    const title = pick({ zh: problem.titleZh, en: problem.title });
    const remedy = pick({ zh: problem.remedyZh, en: problem.remedy });
    const holder = problem.holder === undefined ? '' : ` [${problem.holder}]`;
    showToast(`${title}${holder} ${remedy} (${problem.code})`);
  };
}

export function Toasts() {
  const current = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {current.map((toast) => (
        <div key={toast.id} className="toast">
          <span>{toast.text}</span>
          {toast.action && (
            <button
              type="button"
              className="button small-button"
              onClick={() => {
                toast.action?.run();
                setToasts(toasts.filter((other) => other.id !== toast.id));
              }}
            >
              {toast.action.label}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

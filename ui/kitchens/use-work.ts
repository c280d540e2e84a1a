import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DismissReason, RemedyAsked, Violation } from '#api/contract/kitchen.ts';
import { sendJson } from '../shared/api-client.ts';
import { type Say, useText } from '../shared/i18n.ts';
import { showToast, useProblemToast } from '../shared/toast.tsx';

/** What an inspector does with one violation, or with all that are marked. */
export type Action =
  | { readonly kind: 'confirm'; readonly note?: string }
  | { readonly kind: 'dismiss'; readonly reason: DismissReason; readonly note?: string }
  | { readonly kind: 'ask'; readonly deadlineMs: number; readonly note?: string }
  | { readonly kind: 'accept'; readonly note?: string }
  | { readonly kind: 'recheck'; readonly result: 'clear' | 'still_there' };

export interface Work {
  readonly violations: readonly Violation[];
  readonly action: Action;
}

const doneText = {
  confirm: 'review.doneConfirmed',
  dismiss: 'review.doneDismissed',
  ask: 'remedy.doneAsked',
  accept: 'remedy.doneAccepted',
  recheck: 'remedy.doneRechecked',
} as const satisfies Record<Action['kind'], Parameters<Say>[0]>;

async function perform({ violationId, revision, stage }: Violation, action: Action): Promise<Violation> {
  const post = async <T>(step: string, body: object): Promise<T> =>
    await sendJson<T>('POST', `/api/violations/${violationId}/${step}`, { ...body, revision });
  const note = 'note' in action && action.note ? { note: action.note } : {};
  switch (action.kind) {
    case 'confirm':
      return await post('review', { decision: 'confirmed', ...note });
    case 'dismiss':
      return await post('review', { decision: 'dismissed', reason: action.reason, ...note });
    case 'ask': {
      const deadline = new Date(action.deadlineMs).toISOString();
      const isAgain = stage === 'answered';
      return (await post<RemedyAsked>('remedy', { deadline, isAgain, ...note })).violation;
    }
    case 'accept':
      return await post('accept', note);
    case 'recheck':
      return await post('recheck', { result: action.result });
  }
}

/** Takes steps, says so with a way back, and tells who was faster when somebody was. */
export function useWork(nameOf: (violation: Violation) => string) {
  const { say } = useText();
  const client = useQueryClient();
  const onError = useProblemToast();
  const refresh = (): void => {
    for (const key of ['kitchens', 'violations', 'violation']) void client.invalidateQueries({ queryKey: [key] });
  };
  const undo = useMutation({
    mutationFn: async (done: readonly Violation[]) => {
      for (const { violationId, revision } of done)
        await sendJson<Violation>('POST', `/api/violations/${violationId}/undo`, { revision });
    },
    onError,
    onSettled: refresh,
  });
  return useMutation({
    mutationFn: async ({ violations, action }: Work): Promise<readonly Violation[]> => {
      const done: Violation[] = [];
      try {
        for (const violation of violations) done.push(await perform(violation, action));
      } catch (error) {
        // What was done before stays done, and is said.
        if (done.length === 0) throw error;
        onError(error);
      }
      return done;
    },
    onSuccess: (done, { action, violations }) => {
      const [first] = violations;
      const item = done.length === 1 && first ? nameOf(first) : say('violations.count', { count: done.length });
      showToast(say(doneText[action.kind], { item }), { label: say('common.undo'), run: () => undo.mutate(done) });
    },
    onError,
    onSettled: refresh,
  });
}

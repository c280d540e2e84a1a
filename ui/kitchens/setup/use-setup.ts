import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  KitchenDraft,
  KitchenSetup,
  KitchenTrial,
  ReferenceInput,
  ReferenceTaken,
  TrialInput,
} from '#api/contract/kitchen-setup.ts';
import { getJson, sendJson } from '../../shared/api-client.ts';

const pollMs = 700;

export function useSetup(cameraId: string) {
  return useQuery({
    queryKey: ['kitchen-setup', cameraId],
    queryFn: ({ signal }) => getJson<KitchenSetup>(`/api/kitchens/${cameraId}/setup`, signal),
    // What is edited stands on it: it changes when this page changes it, not underneath.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}

export function useGoLive(cameraId: string, onDone: (setup: KitchenSetup) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: KitchenDraft) => sendJson<KitchenSetup>('PUT', `/api/kitchens/${cameraId}/setup`, draft),
    onSuccess: (setup) => {
      client.setQueryData(['kitchen-setup', cameraId], setup);
      void client.invalidateQueries({ queryKey: ['cameras'] });
      void client.invalidateQueries({ queryKey: ['kitchens'] });
      onDone(setup);
    },
  });
}

export function useTakeReference(cameraId: string, onDone: (taken: ReferenceTaken) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ReferenceInput) =>
      sendJson<ReferenceTaken>('POST', `/api/kitchens/${cameraId}/reference`, input),
    onSuccess: (taken) => {
      const { takenAt, pictureUrl } = taken;
      client.setQueryData<KitchenSetup>(
        ['kitchen-setup', cameraId],
        (setup) => setup && { ...setup, reference: { takenAt, pictureUrl } },
      );
      onDone(taken);
    },
  });
}

/** A trial and how far it is; asked for again until it ends. */
export function useTrial(cameraId: string, trialId: string | undefined) {
  return useQuery({
    queryKey: ['kitchen-trial', cameraId, trialId],
    queryFn: ({ signal }) => getJson<KitchenTrial>(`/api/kitchens/${cameraId}/trials/${trialId}`, signal),
    enabled: trialId !== undefined,
    refetchInterval: ({ state }) => {
      const { data, error } = state;
      return error || data?.state === 'done' || data?.state === 'failed' ? false : pollMs;
    },
    refetchOnWindowFocus: false,
  });
}

export function useStartTrial(cameraId: string, onStarted: (trial: KitchenTrial) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: TrialInput) => sendJson<KitchenTrial>('POST', `/api/kitchens/${cameraId}/trials`, input),
    onSuccess: (trial) => {
      client.setQueryData(['kitchen-trial', cameraId, trial.trialId], trial);
      onStarted(trial);
    },
  });
}

export function cancelTrial(cameraId: string, trialId: string): void {
  // Gone already is as good.
  sendJson('DELETE', `/api/kitchens/${cameraId}/trials/${trialId}`).catch(() => undefined);
}

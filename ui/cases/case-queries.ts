import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  Case,
  CaseChange,
  CaseDetail,
  CaseInput,
  CaseItem,
  CaseItemInput,
  CommonRequest,
  CompanyReport,
  ConvoyRequest,
} from '#api/contract/cases.ts';
import { getJson, sendJson } from '../shared/api-client.ts';
import { useMay } from '../shared/queries.ts';

export function useCases(status: 'open' | 'closed') {
  const isAllowed = useMay('case.manage');
  return useQuery({
    queryKey: ['cases', status],
    enabled: isAllowed,
    queryFn: ({ signal }) => getJson<Case[]>(`/api/cases?status=${status}`, signal),
  });
}

export function useCase(caseId: string | undefined) {
  const isAllowed = useMay('case.manage');
  return useQuery({
    queryKey: ['case', caseId],
    enabled: isAllowed && caseId !== undefined,
    queryFn: ({ signal }) => getJson<CaseDetail>(`/api/cases/${caseId}`, signal),
  });
}

function useCaseMutation<Input, Answer>(send: (input: Input) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['cases'] });
      void client.invalidateQueries({ queryKey: ['case'] });
    },
  });
}

export const useCreateCase = () => useCaseMutation((input: CaseInput) => sendJson<Case>('POST', '/api/cases', input));

export const useChangeCase = (caseId: string) =>
  useCaseMutation((change: CaseChange) => sendJson<Case>('PATCH', `/api/cases/${caseId}`, change));

export const useCloseCase = (caseId: string) =>
  useCaseMutation((note: string) => sendJson<Case>('POST', `/api/cases/${caseId}/close`, { note }));

export const useReopenCase = (caseId: string) =>
  useCaseMutation(() => sendJson<Case>('POST', `/api/cases/${caseId}/reopen`));

export const useKeepInCase = () =>
  useCaseMutation(({ caseId, ...input }: CaseItemInput & { caseId: string }) =>
    sendJson<CaseItem>('POST', `/api/cases/${caseId}/items`, input),
  );

export const useRemoveItem = (caseId: string) =>
  useCaseMutation((itemId: string) => sendJson('DELETE', `/api/cases/${caseId}/items/${itemId}`));

/** Searches inside a case are asked once, by pressing the button; their trace is in its history afterwards. */
export const useConvoy = (caseId: string) =>
  useCaseMutation((input: ConvoyRequest) => sendJson<CompanyReport>('POST', `/api/cases/${caseId}/convoy`, input));

export const useCommon = (caseId: string) =>
  useCaseMutation((input: CommonRequest) => sendJson<CompanyReport>('POST', `/api/cases/${caseId}/common`, input));

/** The purpose of a search that is part of a case, as it stands in the audit log. */
export function purposeOfCase(one: {
  readonly number: string;
  readonly title: string;
  readonly reason: string;
}): string {
  const name = `${one.number} ${one.title}`;
  return (name.length < 4 ? one.reason : name).slice(0, 200);
}

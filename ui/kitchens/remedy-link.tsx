import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { RemedyAsked, Violation } from '#api/contract/kitchen.ts';
import { sendJson } from '../shared/api-client.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { showToast, useProblemToast } from '../shared/toast.tsx';

/** The link by which the kitchen answers, to be handed on; it is fetched when it is asked for, and that is audited. */
export function RemedyLink({ violation }: { violation: Violation }) {
  const { say } = useText();
  const client = useQueryClient();
  const onError = useProblemToast();
  const [link, setLink] = useState<string>();
  useEffect(() => setLink(undefined), [violation.violationId]);
  const address = `/api/violations/${violation.violationId}/link`;
  const fetchLink = useMutation({
    mutationFn: (isNew: boolean) => sendJson<RemedyAsked>('POST', address, { isNew }),
    onSuccess: (asked, isNew) => {
      setLink(asked.link);
      if (isNew) void client.invalidateQueries({ queryKey: ['violation'] });
    },
    onError,
  });
  const revoke = useMutation({
    mutationFn: () => sendJson<Violation>('DELETE', address),
    onSuccess: () => {
      setLink(undefined);
      showToast(say('remedy.linkRevoked'));
      void client.invalidateQueries({ queryKey: ['violation'] });
      void client.invalidateQueries({ queryKey: ['violations'] });
    },
    onError,
  });
  const copy = async (): Promise<void> => {
    if (link === undefined) return;
    try {
      await navigator.clipboard.writeText(link);
      showToast(say('common.copied'));
    } catch {
      // Not over plain HTTP: it stands there selected, to be copied by hand.
      document.querySelector<HTMLInputElement>('[data-testid="remedy-link"]')?.select();
    }
  };
  return (
    <div className="remedy-link">
      {link === undefined ? (
        <button
          type="button"
          className="button"
          data-testid="remedy-show-link"
          disabled={fetchLink.isPending}
          onClick={() => fetchLink.mutate(false)}
        >
          <Icon name="copies" size={16} />
          {say('remedy.showLink')}
        </button>
      ) : (
        <>
          <input
            className="input"
            readOnly
            data-testid="remedy-link"
            aria-label={say('remedy.showLink')}
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
          <button type="button" className="button" onClick={() => void copy()}>
            <Icon name="copies" size={16} />
            {say('common.copy')}
          </button>
        </>
      )}
      <button
        type="button"
        className="button quiet"
        disabled={fetchLink.isPending}
        onClick={() => fetchLink.mutate(true)}
      >
        {say('remedy.newLink')}
      </button>
      <button type="button" className="button quiet" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
        {say('remedy.revokeLink')}
      </button>
      <p className="muted small">{say('remedy.linkAbout')}</p>
    </div>
  );
}

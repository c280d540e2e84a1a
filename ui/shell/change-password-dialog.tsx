import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ChangePassword } from '#api/contract/session.ts';
import { sendJson } from '../shared/api-client.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { showToast } from '../shared/toast.tsx';

export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const { say } = useText();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const change = useMutation({
    mutationFn: (body: ChangePassword) => sendJson('POST', '/api/session/password', body),
    onSuccess: () => {
      showToast(say('password.done'));
      onClose();
    },
  });
  const wrong =
    next.length > 0 && next.length < 10
      ? 'password.short'
      : again !== '' && again !== next
        ? 'password.differ'
        : undefined;
  const field = (
    label: 'password.current' | 'password.next' | 'password.again',
    value: string,
    set: (value: string) => void,
  ) => (
    <label className="field">
      {say(label)}
      <input
        className="input"
        type="password"
        autoComplete={label === 'password.current' ? 'current-password' : 'new-password'}
        value={value}
        onChange={(event) => set(event.target.value)}
      />
    </label>
  );
  return (
    <Dialog title={say('shell.changePassword')} isNarrow onClose={onClose}>
      <form
        style={{ display: 'grid', gap: 16 }}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ current, next });
        }}
      >
        {field('password.current', current, setCurrent)}
        {field('password.next', next, setNext)}
        {field('password.again', again, setAgain)}
        {wrong && <div className="field wrong">{say(wrong)}</div>}
        {change.isError && <ErrorNotice error={change.error} />}
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {say('common.cancel')}
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={current === '' || next.length < 10 || again !== next || change.isPending}
          >
            {say('common.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

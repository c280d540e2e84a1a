import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Session, SignIn } from '#api/contract/session.ts';
import { sendJson } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { chooseLanguage, useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';

export function SignInPage({ hasLostSession, isUnreachable }: { hasLostSession: boolean; isUnreachable: boolean }) {
  const { say, language } = useText();
  const client = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: (body: SignIn) => sendJson<Session>('POST', '/api/session', body),
    onSuccess: (session) => client.setQueryData(['session'], session),
  });
  return (
    <main className="sign-in">
      <form
        className="sign-in-form"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate({ username: username.trim(), password });
        }}
      >
        <div className="sign-in-name">
          <svg
            width="36"
            height="36"
            viewBox="0 0 32 32"
            fill="none"
            stroke="var(--accent)"
            strokeWidth="3"
            strokeLinecap="round"
            strokeLinejoin="round"
            aria-hidden="true"
          >
            <path d="M6 8l10 17L26 8" />
            <circle cx="16" cy="10.5" r="2.2" fill="var(--accent)" stroke="none" />
          </svg>
          <div>
            <h1>Vantage</h1>
            <div className="muted small">{say('signin.subtitle')}</div>
          </div>
        </div>
        {hasLostSession && (
          <div className="notice">
            <Icon name="info" size={18} />
            <span>{say('signin.sessionOver')}</span>
          </div>
        )}
        {isUnreachable && (
          <div className="notice warn" role="status">
            <Icon name="warning" size={18} />
            <span>{say('shell.offline')}</span>
          </div>
        )}
        <label className="field">
          {say('signin.username')}
          <input
            className="input"
            data-testid="signin-username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            // The only thing to do here is to type one's name.
            autoFocus
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        </label>
        <label className="field">
          {say('signin.password')}
          <input
            className="input"
            data-testid="signin-password"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {signIn.isError && <ErrorNotice error={signIn.error} />}
        <button
          type="submit"
          className="button primary sign-in-button"
          data-testid="signin-submit"
          disabled={username.trim() === '' || password === '' || signIn.isPending}
        >
          {say('signin.submit')}
        </button>
        <div className="sign-in-foot">
          <span className="muted small">{say('signin.audit')}</span>
          <button
            type="button"
            className="button quiet small-button"
            onClick={() => void chooseLanguage(language === 'en' ? 'zh-CN' : 'en')}
          >
            {say('shell.language')}
          </button>
        </div>
      </form>
    </main>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { NavLink } from 'react-router';
import type { Session } from '#api/contract/session.ts';
import { sendJson } from '../shared/api-client.ts';
import { chooseLanguage, useText } from '../shared/i18n.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import { chooseTheme, currentTheme } from '../shared/theme.ts';
import { useProblemToast } from '../shared/toast.tsx';
import { ChangePasswordDialog } from './change-password-dialog.tsx';
import { pagesFor } from './pages.ts';

interface RailProps {
  readonly session: Session;
  readonly isFeedShown: boolean;
  onFind: () => void;
  onHelp: () => void;
  onFeed: () => void;
}

function RailButton(props: {
  icon: IconName;
  label: string;
  isPressed?: boolean;
  className?: string;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      className={`rail-item ${props.className ?? ''}`}
      aria-label={props.label}
      aria-pressed={props.isPressed}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      <span className="rail-label">{props.label}</span>
    </button>
  );
}

export function Rail({ session, isFeedShown, onFind, onHelp, onFeed }: RailProps) {
  const { say, language } = useText();
  const [theme, setTheme] = useState(currentTheme);
  return (
    <nav className="rail" aria-label={say('shell.pages')}>
      <a className="skip-link" href="#page">
        {say('shell.skip')}
      </a>
      <div className="rail-mark" aria-hidden="true">
        <svg
          width="24"
          height="24"
          viewBox="0 0 32 32"
          fill="none"
          stroke="var(--accent)"
          strokeWidth="3.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        >
          <path d="M6 8l10 17L26 8" />
          <circle cx="16" cy="10.5" r="2.2" fill="var(--accent)" stroke="none" />
        </svg>
      </div>
      {pagesFor(session.permissions).map((page) => (
        <NavLink
          key={page.id}
          to={page.path}
          className="rail-item"
          data-testid={`nav-${page.id}`}
          aria-label={say(`page.${page.id}`)}
        >
          <Icon name={page.icon} />
          <span className="rail-label">{say(`page.${page.id}`)}</span>
        </NavLink>
      ))}
      <div className="rail-space" />
      <RailButton icon="search" label={`${say('shell.find')} (Ctrl K)`} className="rail-find" onClick={onFind} />
      <RailButton
        icon="feed"
        label={say(isFeedShown ? 'feed.hide' : 'feed.show')}
        isPressed={isFeedShown}
        onClick={onFeed}
      />
      <RailButton icon="help" label={`${say('shell.help')} (?)`} className="rail-wide-only" onClick={onHelp} />
      <RailButton
        icon="language"
        label={say('shell.language')}
        className="rail-wide-only"
        onClick={() => void chooseLanguage(language === 'en' ? 'zh-CN' : 'en')}
      />
      <RailButton
        icon="theme"
        label={say(theme === 'dark' ? 'shell.themeLight' : 'shell.themeDark')}
        className="rail-wide-only"
        onClick={() => {
          const next = theme === 'dark' ? 'light' : 'dark';
          chooseTheme(next);
          setTheme(next);
        }}
      />
      <AccountMenu session={session} />
    </nav>
  );
}

function AccountMenu({ session }: { session: Session }) {
  const { say, language } = useText();
  const client = useQueryClient();
  const onProblem = useProblemToast();
  const [isOpen, setOpen] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const signOut = async () => {
    await sendJson('DELETE', '/api/session');
    client.clear();
    client.setQueryData(['session'], null);
  };
  return (
    <div
      className="account"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setOpen(false);
      }}
    >
      <button
        type="button"
        className="rail-item"
        aria-label={say('shell.account')}
        aria-expanded={isOpen}
        data-testid="account"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="person" />
        {!isOpen && <span className="rail-label">{session.username}</span>}
      </button>
      {isOpen && (
        <div className="menu account-menu">
          <div className="menu-head">
            <strong>{session.username}</strong>
            <span className="muted">{say(`role.${session.role}`)}</span>
          </div>
          <button
            type="button"
            className="menu-item narrow-only"
            onClick={() => void chooseLanguage(language === 'en' ? 'zh-CN' : 'en')}
          >
            <Icon name="language" size={18} />
            {say('shell.language')}
          </button>
          <button
            type="button"
            className="menu-item narrow-only"
            onClick={() => {
              chooseTheme(currentTheme() === 'dark' ? 'light' : 'dark');
              setOpen(false);
            }}
          >
            <Icon name="theme" size={18} />
            {say(currentTheme() === 'dark' ? 'shell.themeLight' : 'shell.themeDark')}
          </button>
          <button type="button" className="menu-item" onClick={() => setChanging(true)}>
            <Icon name="key" size={18} />
            {say('shell.changePassword')}
          </button>
          <button
            type="button"
            className="menu-item"
            data-testid="sign-out"
            onClick={() => void signOut().catch(onProblem)}
          >
            <Icon name="signOut" size={18} />
            {say('shell.signOut')}
          </button>
        </div>
      )}
      {isChanging && <ChangePasswordDialog onClose={() => setChanging(false)} />}
    </div>
  );
}

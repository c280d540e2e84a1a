import './shell.css';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import type { Camera } from '#api/contract/cameras.ts';
import type { Session } from '#api/contract/session.ts';
import { useLiveReady } from '../player/use-live-ready.ts';
import { onSessionLost } from '../shared/api-client.ts';
import { liveEvents } from '../shared/live-events.ts';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { useSession } from '../shared/queries.ts';
import { Toasts } from '../shared/toast.tsx';
import { useMedia } from '../shared/use-media.ts';
import { useKeys } from '../shared/use-keys.ts';
import { CommandPalette } from './command-palette.tsx';
import { EventFeed } from './event-feed.tsx';
import { KeyHelp } from './key-help.tsx';
import { NoticeStrip } from './notice-strip.tsx';
import { Rail } from './rail.tsx';
import { SignInPage } from './sign-in-page.tsx';

/** Sign-in, or the frame around every page. The address stays as it is, so after signing in one is where one was. */
export function Shell() {
  const session = useSession();
  const client = useQueryClient();
  const [hasLostSession, setLostSession] = useState(false);
  useEffect(
    () =>
      onSessionLost(() => {
        if (client.getQueryData(['session'])) setLostSession(true);
        client.setQueryData(['session'], null);
      }),
    [client],
  );
  if (session.data) return <SignedIn session={session.data} />;
  if (session.isPending && !session.failureReason) return null;
  return <SignInPage hasLostSession={hasLostSession} isUnreachable={session.data === undefined} />;
}

function SignedIn({ session }: { session: Session }) {
  const client = useQueryClient();
  const { pathname, search } = useLocation();
  const isWall = pathname === '/wall';
  // A further window of the wall is all picture; events are read on the first.
  const isSecondScreen = isWall && new URLSearchParams(search).has('screen');
  useLiveReady();
  const isNarrow = useMedia('(max-width: 720px)');
  const [isFeedPinned, setFeedPinned] = useState(readSetting('feedOnWall') !== 'hidden');
  const [isFeedOpen, setFeedOpen] = useState(false);
  const [open, setOpen] = useState<'palette' | 'keys'>();
  const isFeedShown = isWall && !isNarrow && !isSecondScreen ? isFeedPinned : isFeedOpen;

  const toggleFeed = () => {
    if (!isWall || isNarrow || isSecondScreen) return setFeedOpen(!isFeedOpen);
    writeSetting('feedOnWall', isFeedPinned ? 'hidden' : 'pinned');
    setFeedPinned(!isFeedPinned);
  };
  useKeys([
    {
      keys: ['Mod+K'],
      show: 'Ctrl / ⌘ K',
      label: 'keys.palette',
      run: () => setOpen(open === 'palette' ? undefined : 'palette'),
    },
    { keys: ['?'], label: 'keys.help', run: () => setOpen('keys') },
    { keys: ['E'], label: 'keys.feed', run: toggleFeed },
  ]);
  // The camera list is patched as cameras change, so that every page that shows it is up to date.
  useEffect(
    () =>
      liveEvents.subscribe('camera', ({ cameraId, state }) => {
        client.setQueryData<Camera[]>(['cameras'], (cameras) =>
          cameras?.map((camera) => (camera.id === cameraId ? { ...camera, state } : camera)),
        );
      }),
    [client],
  );

  return (
    <div className={`shell${isWall ? ' on-wall' : ''}`}>
      <Rail
        session={session}
        isFeedShown={isFeedShown}
        onFind={() => setOpen('palette')}
        onHelp={() => setOpen('keys')}
        onFeed={toggleFeed}
      />
      <div className="shell-middle">
        <NoticeStrip />
        <main className="shell-page" id="page">
          <Outlet />
        </main>
      </div>
      {isFeedShown && <EventFeed isPinned={isWall && !isNarrow && !isSecondScreen} onClose={toggleFeed} />}
      {open === 'palette' && <CommandPalette session={session} onClose={() => setOpen(undefined)} />}
      {open === 'keys' && <KeyHelp onClose={() => setOpen(undefined)} />}
      <Toasts />
    </div>
  );
}

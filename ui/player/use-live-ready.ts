import { useEffect } from 'react';
import { useLiveWays, useMay } from '../shared/queries.ts';
import { usePageVisible } from '../shared/use-page-visible.ts';
import { keepConnection } from './webrtc-player.ts';

/** Who may see the wall opens it sooner or later: the way for live pictures stands by then, as long as the page is seen. */
export function useLiveReady(): void {
  const mayWatch = useMay('wall.view');
  const isVisible = usePageVisible();
  const ways = useLiveWays(mayWatch);
  const isWanted = mayWatch && isVisible && ways.data?.webrtc === true;
  useEffect(() => (isWanted ? keepConnection() : undefined), [isWanted]);
}

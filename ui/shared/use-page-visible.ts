import { useEffect, useState } from 'react';

/** Meanwhile a live picture rests and costs nothing; coming back within this time needs no new connection. */
const graceMs = 600_000;

/** False once the tab has been hidden for a while; true at once when it is seen again. */
export function usePageVisible(): boolean {
  const [isVisible, setVisible] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onChange = () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') setVisible(true);
      else timer = setTimeout(() => setVisible(false), graceMs);
    };
    document.addEventListener('visibilitychange', onChange);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onChange);
    };
  }, []);
  return isVisible;
}

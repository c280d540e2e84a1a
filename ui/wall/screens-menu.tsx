import { useState } from 'react';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { LayoutDrawing } from './layout-picker.tsx';
import { mostScreens, type OpenScreen } from './screens.ts';
import { useOutsideClick } from './use-outside-click.ts';

interface ScreensMenuProps {
  readonly screen: number;
  readonly others: readonly OpenScreen[];
  /** Of the selected tile. */
  readonly cameraName: string | undefined;
  onSendCamera: (screen: number) => void;
  onSendWall: (screen: number) => void;
}

/** The other windows of this wall: opens one more, and sends them a camera or the whole layout. */
export function ScreensMenu({ screen, others, cameraName, onSendCamera, onSendWall }: ScreensMenuProps) {
  const { say } = useText();
  const [isOpen, setOpen] = useState(false);
  const holder = useOutsideClick<HTMLDivElement>(isOpen, () => setOpen(false));
  const taken = new Set([screen, ...others.map((one) => one.screen)]);
  const next = Array.from({ length: mostScreens }, (_, index) => index + 1).find((one) => !taken.has(one));
  return (
    <div className="screens" ref={holder}>
      <button
        type="button"
        className="button quiet icon small-button"
        aria-expanded={isOpen}
        aria-label={say('screens.title')}
        title={say('screens.title')}
        data-testid="screens"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="screens" size={18} />
      </button>
      {isOpen && (
        <div className="wall-menu" role="group" aria-label={say('screens.title')}>
          <p className="small muted">{say('screens.this', { screen })}</p>
          <ul className="screen-list">
            {others.map((one) => (
              <li key={one.screen} data-testid="other-screen" data-screen={one.screen}>
                <LayoutDrawing layout={one.layout} />
                <span>{say('screens.one', { screen: one.screen })}</span>
                <button
                  type="button"
                  className="button small-button"
                  disabled={cameraName === undefined}
                  title={`${cameraName ?? ''} → ${one.screen}`}
                  data-testid="send-camera"
                  onClick={() => onSendCamera(one.screen)}
                >
                  {say('screens.sendCamera')}
                </button>
                <button type="button" className="button small-button" onClick={() => onSendWall(one.screen)}>
                  {say('screens.sendWall')}
                </button>
              </li>
            ))}
          </ul>
          {next !== undefined && (
            <button
              type="button"
              className="button small-button"
              data-testid="open-screen"
              onClick={() => window.open(`/wall?screen=${next}`, `vantage-wall-${next}`, 'popup,width=1280,height=760')}
            >
              <Icon name="plus" size={15} />
              {say('screens.open', { screen: next })}
            </button>
          )}
          <p className="small muted">{say('screens.hint')}</p>
        </div>
      )}
    </div>
  );
}

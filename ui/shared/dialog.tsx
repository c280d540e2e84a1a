import { type ReactNode, useEffect, useRef } from 'react';
import { Icon } from './icon.tsx';
import { useText } from './i18n.ts';

/** A modal on the browser's own dialog: focus stays inside, Escape closes, the page behind is inert. */
export function Dialog(props: { title: string; isNarrow?: boolean; onClose: () => void; children: ReactNode }) {
  const { say } = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog${props.isNarrow ? ' narrow' : ''}`}
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) props.onClose();
      }}
    >
      <div className="dialog-head">
        <h2>{props.title}</h2>
        <button
          type="button"
          className="button quiet icon small-button"
          aria-label={say('common.close')}
          onClick={props.onClose}
        >
          <Icon name="close" size={18} />
        </button>
      </div>
      <div className="dialog-body">{props.children}</div>
    </dialog>
  );
}

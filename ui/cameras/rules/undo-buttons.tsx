import { useText } from '../../shared/i18n.ts';
import { useKeys } from '../../shared/use-keys.ts';
import { type EditHistory, redone, undone } from './edit-history.ts';

/** Undo and redo of an editor, as buttons and as keys. @param props.name before the test ids of the buttons */
export function UndoButtons<T>(props: {
  readonly name: string;
  readonly history: EditHistory<T>;
  onStep(step: (history: EditHistory<T>) => EditHistory<T>): void;
}) {
  const { say } = useText();
  const { name, history } = props;
  const undo = () => props.onStep(undone);
  const redo = () => props.onStep(redone);
  useKeys([
    { keys: ['Mod+Z'], show: 'Ctrl / ⌘ Z', label: 'keys.rules.undo', run: undo },
    { keys: ['Mod+Y'], show: 'Ctrl / ⌘ Y', label: 'keys.rules.redo', run: redo },
  ]);
  return (
    <>
      <button
        type="button"
        className="button"
        title="Ctrl / ⌘ Z"
        data-testid={`${name}-undo`}
        disabled={history.past.length === 0}
        onClick={undo}
      >
        {say('common.undo')}
      </button>
      <button
        type="button"
        className="button"
        title="Ctrl / ⌘ Y"
        data-testid={`${name}-redo`}
        disabled={history.future.length === 0}
        onClick={redo}
      >
        {say('rules.redo')}
      </button>
    </>
  );
}

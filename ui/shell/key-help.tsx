import { Dialog } from '../shared/dialog.tsx';
import { useText } from '../shared/i18n.ts';
import { useBoundKeys } from '../shared/use-keys.ts';

const signs: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };

/** Keys of the shell come after those of the page. */
const everywhere = new Set<string>(['keys.palette', 'keys.help', 'keys.feed']);

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const { say } = useText();
  const bindings = useBoundKeys();
  return (
    <Dialog title={say('keys.title')} isNarrow onClose={onClose}>
      <dl className="key-list">
        {[...bindings]
          .sort((a, b) => Number(everywhere.has(a.label)) - Number(everywhere.has(b.label)))
          .map((binding) => (
            <div key={binding.label}>
              <dd>{say(binding.label)}</dd>
              <dt>
                {(binding.show ? [binding.show] : binding.keys).map((key) => (
                  <kbd key={key} className="key">
                    {signs[key] ?? key}
                  </kbd>
                ))}
              </dt>
            </div>
          ))}
      </dl>
    </Dialog>
  );
}

import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Session } from '#api/contract/session.ts';
import { CameraStatusMark } from '../shared/camera-status.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { type Findable, makeFindable, matchScore } from '../shared/pinyin-match.ts';
import { normalisePlateQuery } from '../shared/plate-doubt.ts';
import { useCameras } from '../shared/queries.ts';
import { pagesFor } from './pages.ts';

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly kind: 'page' | 'camera' | 'plate';
  readonly path: string;
  readonly findable: Findable;
  readonly mark?: React.ReactNode;
}

const shown = 12;

/** Ctrl/⌘ K: everything that has a name, found by any part of it. */
export function CommandPalette({ session, onClose }: { session: Session; onClose: () => void }) {
  const { say } = useText();
  const navigate = useNavigate();
  const cameras = useCameras().data;
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);

  const entries = useMemo((): Entry[] => {
    const pages = pagesFor(session.permissions).map((page) => ({
      id: page.id,
      title: say(`page.${page.id}`),
      detail: say('palette.page'),
      kind: 'page' as const,
      path: page.path,
      findable: makeFindable(say(`page.${page.id}`), page.id),
      mark: <Icon name={page.icon} size={18} />,
    }));
    const list = (cameras ?? []).map((camera) => ({
      id: camera.id,
      title: camera.name,
      detail: [camera.number, camera.area].filter((part) => part !== '').join(' · '),
      kind: 'camera' as const,
      path: `/wall?layout=1&tiles=${camera.id}`,
      findable: makeFindable(camera.name, camera.number, camera.area),
      mark: <CameraStatusMark status={camera.state.status} isDotOnly />,
    }));
    return [...pages, ...list];
  }, [session, cameras, say]);

  const plate = normalisePlateQuery(query);
  const isPlate = session.permissions.includes('vehicle.search') && /\d/.test(plate) && plate.length >= 3;
  const found = entries
    .map((entry) => ({ entry, score: matchScore(entry.findable, query) }))
    .filter((match) => match.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, shown)
    .map((match) => match.entry);
  const results: Entry[] = isPlate
    ? [
        ...found,
        {
          id: 'plate',
          title: say('palette.plate', { plate }),
          detail: say('page.investigate'),
          kind: 'plate',
          path: `/investigate?plate=${encodeURIComponent(plate)}`,
          findable: makeFindable(plate),
          mark: <Icon name="investigate" size={18} />,
        },
      ]
    : found;
  const current = Math.min(chosen, results.length - 1);

  const open = async (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    await navigate(entry.path);
  };
  return (
    <dialog
      ref={dialog}
      className="dialog palette"
      aria-label={say('shell.find')}
      onCancel={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <input
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-results"
        aria-activedescendant={results[current] ? `palette-${results[current].id}` : undefined}
        placeholder={say('palette.placeholder')}
        data-testid="palette-input"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'ArrowDown') setChosen(Math.min(results.length - 1, current + 1));
          else if (event.key === 'ArrowUp') setChosen(Math.max(0, current - 1));
          else if (event.key === 'Enter') void open(results[current]);
          else return;
          event.preventDefault();
        }}
      />
      <ul id="palette-results" role="listbox" className="palette-results">
        {results.map((entry, index) => (
          <li
            key={`${entry.kind}-${entry.id}`}
            id={`palette-${entry.id}`}
            role="option"
            aria-selected={index === current}
            onPointerMove={() => setChosen(index)}
            onClick={() => void open(entry)}
          >
            <span className="palette-mark">{entry.mark}</span>
            <span className="one-line">{entry.title}</span>
            <span className="muted small one-line">{entry.detail}</span>
          </li>
        ))}
        {results.length === 0 && <li className="muted">{say('palette.nothing')}</li>}
      </ul>
      <div className="palette-foot muted small">{say('palette.hint')}</div>
    </dialog>
  );
}

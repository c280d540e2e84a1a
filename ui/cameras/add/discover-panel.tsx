import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Camera, DiscoveredDevice } from '#api/contract/cameras.ts';
import { sendJson } from '../../shared/api-client.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { EmptyState } from '../../shared/placeholders.tsx';
import { addMany, type RowOutcome } from './add-many.ts';
import { discoveredRows } from './discovered.ts';
import { DiscoveredLine } from './discovered-line.tsx';

interface DiscoverPanelProps {
  readonly cameras: readonly Camera[];
  /** One is to be looked at by itself. */
  onPick: (address: string, name: string | undefined) => void;
}

/** What answers on the network; several are added at once when they share user name and password. */
export function DiscoverPanel({ cameras, onPick }: DiscoverPanelProps) {
  const { say } = useText();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isKnownShown, setKnownShown] = useState(false);
  const [username, setUsername] = useState('admin');
  const [password, setPassword] = useState('');
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, RowOutcome>>(new Map());
  const [isAdding, setAdding] = useState(false);
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const search = useQuery({
    queryKey: ['discovered'],
    queryFn: ({ signal }) => sendJson<DiscoveredDevice[]>('POST', '/api/cameras/discover', { seconds: 4 }, signal),
    staleTime: Infinity,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
  // As the registry was when the search ended: what is added here stays in its line, with its outcome.
  const known = useRef(cameras);
  known.current = cameras;
  const devices = search.data;
  const all = useMemo(() => discoveredRows(devices ?? [], known.current), [devices]);
  const knownCount = all.filter(({ isKnown }) => isKnown).length;
  const rows = all.filter(({ isKnown }) => isKnownShown || !isKnown);
  const picked = rows.filter(({ id, isKnown }) => chosen.has(id) && !isKnown && outcomes.get(id)?.phase !== 'added');
  const choosable = rows.filter(({ id, isKnown }) => !isKnown && outcomes.get(id)?.phase !== 'added');

  const add = async () => {
    abort.current = new AbortController();
    const { signal } = abort.current;
    setAdding(true);
    setOutcomes((before) => new Map([...before, ...picked.map(({ id }) => [id, { phase: 'waiting' }] as const)]));
    await addMany(picked, {
      username,
      password,
      takenNames: new Set(cameras.map(({ name }) => name)),
      signal,
      onOutcome: (id, outcome) => setOutcomes((before) => new Map(before).set(id, outcome)),
    });
    if (signal.aborted)
      setOutcomes((before) => new Map([...before].filter(([, { phase }]) => phase === 'added' || phase === 'failed')));
    setAdding(false);
    void client.invalidateQueries({ queryKey: ['cameras'] });
  };
  return (
    <div className="discover">
      <div className="discover-head">
        <span className="small muted" role="status">
          {search.isFetching
            ? say('discover.searching')
            : devices && say('discover.found', { count: all.length, known: knownCount })}
        </span>
        {knownCount > 0 && (
          <label className="check">
            <input type="checkbox" checked={isKnownShown} onChange={(event) => setKnownShown(event.target.checked)} />
            {say('discover.showKnown')}
          </label>
        )}
        <button
          type="button"
          className="button small-button spread"
          disabled={search.isFetching || isAdding}
          onClick={() => void search.refetch()}
        >
          <Icon name="refresh" size={16} />
          {say('discover.again')}
        </button>
      </div>
      {search.isError && <ErrorNotice error={search.error} />}
      {search.isFetching && <div className="progress-line" />}
      {!search.isFetching && devices && rows.length === 0 && (
        <EmptyState
          icon="cameras"
          title={say(knownCount > 0 ? 'discover.noNew' : 'discover.none')}
          detail={say('discover.noneDetail')}
        />
      )}
      {rows.length > 0 && (
        <>
          <label className="check">
            <input
              type="checkbox"
              disabled={isAdding || choosable.length === 0}
              checked={choosable.length > 0 && choosable.every(({ id }) => chosen.has(id))}
              onChange={(event) => setChosen(new Set(event.target.checked ? choosable.map(({ id }) => id) : []))}
            />
            {say('discover.all')}
          </label>
          <ol className="discovered" data-testid="discovered">
            {rows.map((row) => (
              <DiscoveredLine
                key={row.id}
                row={row}
                isChosen={chosen.has(row.id)}
                isBusy={isAdding}
                outcome={outcomes.get(row.id)}
                onChoose={(isChosen) =>
                  setChosen((before) => {
                    const next = new Set(before);
                    if (isChosen) next.add(row.id);
                    else next.delete(row.id);
                    return next;
                  })
                }
                onPick={() => onPick(row.address, row.device.name)}
              />
            ))}
          </ol>
          <form
            className="discover-add"
            onSubmit={(event) => {
              event.preventDefault();
              if (picked.length > 0 && !isAdding) void add();
            }}
          >
            <label className="field">
              <span>{say('camera.username')}</span>
              <input
                className="input"
                autoComplete="off"
                value={username}
                onChange={(event) => setUsername(event.target.value)}
              />
            </label>
            <label className="field">
              <span>{say('camera.password')}</span>
              <input
                className="input"
                type="password"
                autoComplete="new-password"
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            </label>
            {isAdding ? (
              <button type="button" className="button" onClick={() => abort.current?.abort()}>
                {say('discover.stop')}
              </button>
            ) : (
              <button
                type="submit"
                className="button primary"
                data-testid="discover-add"
                disabled={picked.length === 0}
              >
                <Icon name="plus" size={18} />
                {picked.length === 0 ? say('discover.chooseFirst') : say('discover.add', { count: picked.length })}
              </button>
            )}
          </form>
        </>
      )}
    </div>
  );
}

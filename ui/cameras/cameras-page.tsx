import './cameras.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Camera, CameraStatus } from '#api/contract/cameras.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { useCameras, useMay, useSession, useSystem } from '../shared/queries.ts';
import { useUrlState } from '../shared/url-state.ts';
import { useKeys } from '../shared/use-keys.ts';
import { AddCameraDialog } from './add/add-camera-dialog.tsx';
import { CameraDetail } from './detail/camera-detail.tsx';
import { CameraDialog } from './edit/camera-dialog.tsx';
import { RemoveCameraDialog } from './edit/remove-camera-dialog.tsx';
import { CameraFilters } from './list/camera-filters.tsx';
import { countByStatus, isTrouble, type ListFilter } from './list/camera-list.ts';
import { CameraTable } from './list/camera-table.tsx';
import { ColumnMenu } from './list/column-menu.tsx';
import { readTableSettings, type TableSettings, writeTableSettings } from './list/table-settings.ts';
import { useCameraList } from './list/use-camera-list.ts';

const noCameras: readonly Camera[] = [];
const statuses: readonly (CameraStatus | 'trouble')[] = [
  'trouble',
  'rejected',
  'offline',
  'unsupported',
  'stalled',
  'connecting',
  'live',
  'disabled',
];
const modes = ['continuous', 'on_event', 'scheduled', 'off'] as const;
const filterNames = ['q', 'status', 'area', 'rec'] as const;

function filterOf(search: URLSearchParams): ListFilter {
  return {
    text: search.get('q') ?? '',
    status: statuses.find((status) => status === search.get('status')),
    area: search.get('area') ?? undefined,
    mode: modes.find((mode) => mode === search.get('rec')),
  };
}

function filterText(search: URLSearchParams): string {
  const kept = filterNames.flatMap((name): [string, string][] => {
    const value = search.get(name);
    return value === null ? [] : [[name, value]];
  });
  return new URLSearchParams(kept).toString();
}

/** What is broken first, each with the sentence that says why. */
export function CamerasPage() {
  const { say } = useText();
  const mayManage = useMay('camera.manage');
  const userId = useSession().data?.userId ?? '';
  const query = useCameras();
  const cameras = query.data ?? noCameras;
  const defaults = useSystem().data?.recordingDefaults;
  const [search, change] = useUrlState();
  const [settings, setSettings] = useState<TableSettings>(() => readTableSettings(userId));
  const openedId = search.get('camera') ?? undefined;
  const [dialog, setDialog] = useState<'add' | 'edit' | 'remove'>();
  const filterInput = useRef<HTMLInputElement>(null);

  const keep = (next: Partial<TableSettings>) => {
    const changed = { ...settings, ...next };
    setSettings(changed);
    writeTableSettings(userId, changed);
  };
  // The address decides; a page opened without one comes back as its person left it.
  const isRestored = useRef(false);
  const here = filterText(search);
  useEffect(() => {
    if (isRestored.current) {
      setSettings((before) => {
        if (before.filter === here) return before;
        const changed = { ...before, filter: here };
        writeTableSettings(userId, changed);
        return changed;
      });
      return;
    }
    isRestored.current = true;
    const remembered = readTableSettings(userId).filter;
    if (here === '' && openedId === undefined && remembered !== '')
      change(Object.fromEntries(new URLSearchParams(remembered)));
  }, [here, userId, openedId, change]);

  const filter = filterOf(search);
  const shown = useCameraList(cameras, { filter, sort: settings.sort, defaults });
  const opened = cameras.find((camera) => camera.id === openedId);
  const areas = useMemo(
    () => [...new Set(cameras.map((camera) => camera.area).filter((area) => area !== ''))].sort(),
    [cameras],
  );
  const counts = useMemo(() => countByStatus(cameras), [cameras]);
  const troubleCount = useMemo(() => cameras.filter(isTrouble).length, [cameras]);
  const step = (by: 1 | -1) => {
    const at = shown.findIndex((camera) => camera.id === openedId);
    const next = shown[at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + by))];
    if (next) change({ camera: next.id });
  };
  useKeys([
    { keys: ['/'], label: 'keys.cameras.filter', run: () => filterInput.current?.focus() },
    ...(mayManage ? [{ keys: ['A'], label: 'keys.cameras.add' as const, run: () => setDialog('add') }] : []),
    {
      keys: ['ArrowUp', 'ArrowDown'],
      show: '↑ ↓',
      label: 'keys.cameras.step',
      run: (key) => step(key === 'ArrowUp' ? -1 : 1),
    },
    { keys: ['Escape'], label: 'keys.cameras.close', run: () => change({ camera: undefined }) },
  ]);
  return (
    <div className="page">
      <div className="page-head cameras-head">
        <h1>{say('page.cameras')}</h1>
        <input
          ref={filterInput}
          className="input cameras-filter"
          type="search"
          placeholder={say('cameras.filter')}
          aria-label={say('keys.cameras.filter')}
          value={filter.text}
          onChange={(event) => change({ q: event.target.value })}
        />
        {mayManage && (
          <button
            type="button"
            className="button primary spread"
            data-testid="camera-add"
            onClick={() => setDialog('add')}
          >
            <Icon name="plus" size={18} />
            {say('cameras.add')}
          </button>
        )}
        <ColumnMenu chosen={settings.columns} onChange={(columns) => keep({ columns })} />
      </div>
      {cameras.length > 0 && (
        <CameraFilters
          filter={filter}
          counts={counts}
          troubleCount={troubleCount}
          total={cameras.length}
          areas={areas}
          onChange={change}
        />
      )}
      <div className="cameras-body">
        {cameras.length === 0 ? (
          <div className="cameras-rows">
            {query.isError && !query.data && (
              <div style={{ padding: 16 }}>
                <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
              </div>
            )}
            {query.isPending && !query.isError && <SkeletonRows count={9} heightPx={54} />}
            {query.data?.length === 0 && (
              <EmptyState icon="cameras" title={say('cameras.none')} detail={say('cameras.noneDetail')}>
                {mayManage && (
                  <button type="button" className="button primary" onClick={() => setDialog('add')}>
                    <Icon name="plus" size={18} />
                    {say('cameras.add')}
                  </button>
                )}
              </EmptyState>
            )}
          </div>
        ) : (
          <CameraTable
            cameras={shown}
            columns={settings.columns}
            sort={settings.sort}
            opened={openedId}
            defaults={defaults}
            onSort={(sort) => keep({ sort })}
            onOpen={(id) => change({ camera: id })}
          >
            {shown.length === 0 && (
              <EmptyState icon="cameras" title={say('cameras.noMatch')}>
                <button
                  type="button"
                  className="button"
                  onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, undefined])))}
                >
                  {say('cameras.clearFilter')}
                </button>
              </EmptyState>
            )}
          </CameraTable>
        )}
        {opened && (
          <CameraDetail
            key={opened.id}
            camera={opened}
            defaults={defaults}
            onEdit={() => setDialog('edit')}
            onRemove={() => setDialog('remove')}
            onClose={() => change({ camera: undefined })}
          />
        )}
      </div>
      {dialog === 'add' && (
        <AddCameraDialog
          cameras={cameras}
          areas={areas}
          defaults={defaults}
          onClose={() => setDialog(undefined)}
          onOpen={(id) => {
            setDialog(undefined);
            change({ camera: id });
          }}
        />
      )}
      {dialog === 'edit' && opened && (
        <CameraDialog camera={opened} areas={areas} defaults={defaults} onClose={() => setDialog(undefined)} />
      )}
      {dialog === 'remove' && opened && (
        <RemoveCameraDialog
          camera={opened}
          onClose={() => setDialog(undefined)}
          onRemoved={() => {
            setDialog(undefined);
            change({ camera: undefined });
          }}
        />
      )}
    </div>
  );
}

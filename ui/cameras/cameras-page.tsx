import './cameras.css';
import { useMemo, useRef, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { byTrouble } from '../shared/camera-status.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { makeFindable, matchScore } from '../shared/pinyin-match.ts';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { useCameras, useMay } from '../shared/queries.ts';
import { useUrlState } from '../shared/url-state.ts';
import { useKeys } from '../shared/use-keys.ts';
import { CameraDetail } from './camera-detail.tsx';
import { CameraDialog } from './camera-dialog.tsx';
import { CameraTable } from './camera-table.tsx';
import { RemoveCameraDialog } from './remove-camera-dialog.tsx';

const noCameras: readonly Camera[] = [];

/** What is broken first, each with the sentence that says why. */
export function CamerasPage() {
  const { say } = useText();
  const mayManage = useMay('camera.manage');
  const query = useCameras();
  const cameras = query.data ?? noCameras;
  const [search, change] = useUrlState();
  const filter = search.get('q') ?? '';
  const isTroubleOnly = search.get('trouble') === '1';
  const openedId = search.get('camera') ?? undefined;
  const [dialog, setDialog] = useState<'add' | 'edit' | 'remove'>();
  const filterInput = useRef<HTMLInputElement>(null);

  const findables = useMemo(
    () =>
      new Map(cameras.map((camera) => [camera.id, makeFindable(camera.name, camera.number, camera.area, camera.url)])),
    [cameras],
  );
  const shown = cameras
    .filter((camera) => {
      const findable = findables.get(camera.id);
      const isTrouble = camera.state.status !== 'live' && camera.state.status !== 'disabled';
      return (!isTroubleOnly || isTrouble) && findable !== undefined && matchScore(findable, filter) > 0;
    })
    .sort((a, b) => byTrouble(a.state.status, b.state.status) || a.name.localeCompare(b.name, 'zh-CN'));
  const opened = cameras.find((camera) => camera.id === openedId);
  const areas = [...new Set(cameras.map((camera) => camera.area).filter((area) => area !== ''))];
  const live = cameras.filter((camera) => camera.state.status === 'live').length;
  useKeys([
    { keys: ['/'], label: 'keys.cameras.filter', run: () => filterInput.current?.focus() },
    ...(mayManage ? [{ keys: ['A'], label: 'keys.cameras.add' as const, run: () => setDialog('add') }] : []),
    { keys: ['Escape'], label: 'keys.cameras.close', run: () => change({ camera: undefined }) },
  ]);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{say('page.cameras')}</h1>
        <span className="muted small">{say('wall.onlineCount', { live, total: cameras.length })}</span>
        <input
          ref={filterInput}
          className="input cameras-filter"
          type="search"
          placeholder={say('cameras.filter')}
          aria-label={say('keys.cameras.filter')}
          value={filter}
          onChange={(event) => change({ q: event.target.value })}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={isTroubleOnly}
            onChange={(event) => change({ trouble: event.target.checked ? '1' : undefined })}
          />
          {say('cameras.onlyTrouble')}
        </label>
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
      </div>
      <div className="cameras-body">
        <div className="cameras-rows">
          {query.isError && !query.data && (
            <div style={{ padding: 16 }}>
              <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
            </div>
          )}
          {query.isPending && !query.isError && <SkeletonRows count={9} heightPx={44} />}
          {query.data?.length === 0 && (
            <EmptyState icon="cameras" title={say('cameras.none')} detail={say('cameras.noneDetail')} />
          )}
          {cameras.length > 0 && shown.length === 0 && <EmptyState icon="cameras" title={say('cameras.noMatch')} />}
          {shown.length > 0 && (
            <CameraTable cameras={shown} opened={openedId} onOpen={(id) => change({ camera: id })} />
          )}
        </div>
        {opened && (
          <CameraDetail
            key={opened.id}
            camera={opened}
            onEdit={() => setDialog('edit')}
            onRemove={() => setDialog('remove')}
            onClose={() => change({ camera: undefined })}
          />
        )}
      </div>
      {dialog === 'add' && <CameraDialog areas={areas} onClose={() => setDialog(undefined)} />}
      {dialog === 'edit' && opened && (
        <CameraDialog camera={opened} areas={areas} onClose={() => setDialog(undefined)} />
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

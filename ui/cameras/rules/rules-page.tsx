import './rules.css';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Camera } from '#api/contract/cameras.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { EmptyState, SkeletonRows } from '../../shared/placeholders.tsx';
import { useCameras, useMay } from '../../shared/queries.ts';
import { RulesEditor } from './rules-editor.tsx';

/** Where a camera's regions, lines, zones and calibration are drawn. */
export function RulesPage() {
  const { say } = useText();
  const { id } = useParams();
  const client = useQueryClient();
  const mayManage = useMay('camera.manage');
  const query = useCameras();
  const camera = query.data?.find((candidate) => candidate.id === id);
  if (query.isError && !query.data) {
    return (
      <div className="page" style={{ padding: 16 }}>
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  if (!query.data) return <SkeletonRows count={6} heightPx={60} />;
  if (!camera || !mayManage) {
    return (
      <div className="page">
        <EmptyState
          icon="cameras"
          title={say(camera ? 'rules.notAllowed' : 'rules.noCamera')}
          detail={say('shell.notFoundDetail')}
        >
          <Link className="button" to="/cameras">
            {say('page.cameras')}
          </Link>
        </EmptyState>
      </div>
    );
  }
  const saved = (next: Camera) => {
    client.setQueryData<Camera[]>(['cameras'], (list) =>
      list?.map((other) => (other.id === next.id ? { ...next, state: other.state } : other)),
    );
  };
  return <RulesEditor key={camera.id} camera={camera} onSaved={saved} />;
}

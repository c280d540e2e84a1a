import './setup.css';
import { Link, useParams } from 'react-router';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { EmptyState, SkeletonRows } from '../../shared/placeholders.tsx';
import { useHygieneItems, useMay } from '../../shared/queries.ts';
import { SetupEditor } from './setup-editor.tsx';
import { useSetup } from './use-setup.ts';

/** Where a kitchen is set up: zones on its picture, items and hours, and a trial on what was recorded. */
export function KitchenSetupPage() {
  const { id = '' } = useParams();
  const { say } = useText();
  const mayManage = useMay('camera.manage');
  if (!mayManage) {
    return (
      <div className="page">
        <EmptyState icon="lock" title={say('setup.notAllowed')} detail={say('setup.notAllowedDetail')}>
          <Link className="button" to="/kitchens">
            {say('page.kitchens')}
          </Link>
        </EmptyState>
      </div>
    );
  }
  return <LoadedSetup key={id} cameraId={id} />;
}

function LoadedSetup({ cameraId }: { cameraId: string }) {
  const setup = useSetup(cameraId);
  const items = useHygieneItems();
  const failed = setup.error ?? items.error;
  if (failed && !(setup.data && items.data)) {
    return (
      <div className="page" style={{ padding: 16 }}>
        <ErrorNotice
          error={failed}
          onRetry={() => {
            void setup.refetch();
            void items.refetch();
          }}
        />
      </div>
    );
  }
  if (!setup.data || !items.data) return <SkeletonRows count={6} heightPx={60} />;
  return <SetupEditor setup={setup.data} catalogue={items.data} />;
}

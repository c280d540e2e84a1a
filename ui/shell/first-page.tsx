import { Navigate } from 'react-router';
import { useText } from '../shared/i18n.ts';
import { EmptyState } from '../shared/placeholders.tsx';
import { useSession } from '../shared/queries.ts';
import { homePath } from './pages.ts';

export function FirstPage() {
  const session = useSession().data;
  const path = session ? homePath(session.role, session.permissions) : undefined;
  return path === undefined ? <NotFoundPage /> : <Navigate to={path} replace />;
}

export function NotFoundPage() {
  const { say } = useText();
  return <EmptyState icon="lock" title={say('shell.notFound')} detail={say('shell.notFoundDetail')} />;
}

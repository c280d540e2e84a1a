import { createBrowserRouter } from 'react-router';
import { AlertsPage } from './alerts/alerts-page.tsx';
import { AuditPage } from './audit/audit-page.tsx';
import { CamerasPage } from './cameras/cameras-page.tsx';
import { CasesPage } from './cases/cases-page.tsx';
import { RulesPage } from './cameras/rules/rules-page.tsx';
import { InvestigatePage } from './investigate/investigate-page.tsx';
import { KitchensPage } from './kitchens/kitchens-page.tsx';
import { KitchenSetupPage } from './kitchens/setup/setup-page.tsx';
import { PlaybackPage } from './playback/playback-page.tsx';
import { FirstPage, NotFoundPage } from './shell/first-page.tsx';
import { PageError } from './shell/page-error.tsx';
import { Shell } from './shell/shell.tsx';
import { WallPage } from './wall/wall-page.tsx';

export function createRouter() {
  return createBrowserRouter([
    {
      element: <Shell />,
      errorElement: <PageError />,
      children: [
        {
          errorElement: <PageError />,
          children: [
            { index: true, element: <FirstPage /> },
            { path: 'wall', element: <WallPage /> },
            { path: 'investigate', element: <InvestigatePage /> },
            { path: 'cases', element: <CasesPage /> },
            { path: 'playback', element: <PlaybackPage /> },
            { path: 'kitchens', element: <KitchensPage /> },
            { path: 'kitchens/:id/setup', element: <KitchenSetupPage /> },
            { path: 'cameras', element: <CamerasPage /> },
            { path: 'cameras/:id/rules', element: <RulesPage /> },
            { path: 'alerts', element: <AlertsPage /> },
            { path: 'audit', element: <AuditPage /> },
            { path: '*', element: <NotFoundPage /> },
          ],
        },
      ],
    },
  ]);
}

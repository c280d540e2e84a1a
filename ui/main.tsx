import './shared/design-tokens.css';
import './shared/base.css';
import './shared/components.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { createRouter } from './routes.tsx';
import { startI18n } from './shared/i18n.ts';
import { createQueryClient } from './shared/queries.ts';
import { startTheme } from './shared/theme.ts';

startTheme();
await startI18n();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={createQueryClient()}>
        <RouterProvider router={createRouter()} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

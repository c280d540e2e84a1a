import type { Permission, Role } from './contract/session.ts';

/** What each role may do. The auditor sees who looked at what, and no pictures. */
export const PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  administrator: [
    'wall.view',
    'recording.view',
    'recording.export',
    'vehicle.search',
    'watchlist.manage',
    'case.manage',
    'kitchen.review',
    'camera.manage',
    'camera.control',
    'webhook.manage',
    'user.manage',
    'audit.read',
  ],
  operator: ['wall.view', 'recording.view', 'recording.export', 'camera.control'],
  investigator: [
    'wall.view',
    'recording.view',
    'recording.export',
    'vehicle.search',
    'watchlist.manage',
    'case.manage',
  ],
  inspector: ['kitchen.review', 'recording.view', 'wall.view'],
  auditor: ['audit.read'],
};

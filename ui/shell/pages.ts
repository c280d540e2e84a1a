import type { Permission, Role } from '#api/contract/session.ts';
import type { IconName } from '../shared/icon.tsx';

export interface PageEntry {
  readonly id: 'wall' | 'investigate' | 'cases' | 'playback' | 'kitchens' | 'cameras' | 'alerts' | 'audit';
  readonly path: string;
  readonly icon: IconName;
  /** Any of these opens the page. */
  readonly needs: readonly Permission[];
}

const pages: readonly PageEntry[] = [
  { id: 'wall', path: '/wall', icon: 'wall', needs: ['wall.view'] },
  { id: 'investigate', path: '/investigate', icon: 'investigate', needs: ['vehicle.search'] },
  { id: 'cases', path: '/cases', icon: 'cases', needs: ['case.manage'] },
  { id: 'playback', path: '/playback', icon: 'playback', needs: ['recording.view'] },
  { id: 'kitchens', path: '/kitchens', icon: 'kitchens', needs: ['kitchen.review'] },
  { id: 'cameras', path: '/cameras', icon: 'cameras', needs: ['camera.manage'] },
  { id: 'alerts', path: '/alerts', icon: 'alerts', needs: ['webhook.manage', 'watchlist.manage'] },
  { id: 'audit', path: '/audit', icon: 'audit', needs: ['audit.read'] },
];

export function pagesFor(permissions: readonly Permission[]): PageEntry[] {
  return pages.filter((page) => page.needs.some((permission) => permissions.includes(permission)));
}

const homes: Record<Role, PageEntry['id']> = {
  operator: 'wall',
  investigator: 'investigate',
  inspector: 'kitchens',
  auditor: 'audit',
  // In an empty system an administrator adds cameras; else the wall tells at once how things stand.
  administrator: 'wall',
};

/** Where a person lands: the page of the role, else the first one allowed. */
export function homePath(role: Role, permissions: readonly Permission[]): string | undefined {
  const allowed = pagesFor(permissions);
  return (allowed.find((page) => page.id === homes[role]) ?? allowed[0])?.path;
}

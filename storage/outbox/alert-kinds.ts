/** Events that leave the system, to those who subscribed. */
export const ALERT_KINDS = [
  'kitchen.violation',
  'kitchen.remedy',
  'watchlist.hit',
  'camera.health',
  'system.health',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

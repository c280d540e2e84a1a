/** Events that leave the system, to those who subscribed. */
export const ALERT_KINDS = ['kitchen.violation', 'watchlist.hit', 'camera.health', 'system.health'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

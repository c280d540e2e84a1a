/** 24 × 24 line drawings; a name is all that a caller needs. */
const drawings = {
  wall: 'M3 5h8v6H3zM13 5h8v6h-8zM3 13h8v6H3zM13 13h8v6h-8z',
  investigate: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 21 21',
  playback: 'M12 4a8 8 0 1 1-7.4 5M4 4v5h5M12 8v4.5l3 2',
  kitchens: 'M6 12a4 4 0 1 1 2-7.5 4.5 4.5 0 0 1 8 0A4 4 0 1 1 18 12v7H6zM6 16h12',
  cameras: 'M4 7h11a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1zM17 11l4-2.5v7L17 13',
  alerts: 'M12 3.5a5.5 5.5 0 0 1 5.5 5.5c0 5 2 6.5 2 6.5h-15s2-1.5 2-6.5A5.5 5.5 0 0 1 12 3.5zM10 19a2 2 0 0 0 4 0',
  audit: 'M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20.5c.8-4 3.8-5.5 7.5-5.5s6.7 1.5 7.5 5.5',
  language: 'M4 6h9M8.5 4v2M11 6c-.8 4-3.5 7-7 8.5M6 9.5c1.5 2.5 3.5 4 6 5M12.5 20l4-9 4 9M14 17h5',
  theme:
    'M12 4v2M12 18v2M4 12h2M18 12h2M6.3 6.3l1.4 1.4M16.3 16.3l1.4 1.4M6.3 17.7l1.4-1.4M16.3 7.7l1.4-1.4M12 8.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z',
  feed: 'M5 5h14M5 10h14M5 15h9M5 20h6',
  help: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.5v.2',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 21 21',
  close: 'M6 6l12 12M18 6 6 18',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z',
  warning: 'M12 4 21.5 20h-19zM12 10v4.5M12 17v.2',
  info: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.5v.2',
  check: 'M4.5 12.5 10 18 19.5 7',
  play: 'M8 5.5v13l11-6.5z',
  pause: 'M8 5.5v13M16 5.5v13',
  stepBack: 'M17 6 9 12l8 6zM6 6v12',
  stepForward: 'M7 6l8 6-8 6zM18 6v12',
  back10: 'M12 5a7.5 7.5 0 1 1-7 4.8M5 4.5v5h5',
  back60: 'M12 5a7.5 7.5 0 1 1-7 4.8M5 4.5v5h5M12 9v4l2.5 1.5',
  snapshot: 'M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
  bookmark: 'M7 4h10v16l-5-4-5 4z',
  steer:
    'M12 3v5M12 16v5M3 12h5M16 12h5M9.5 5.5 12 3l2.5 2.5M9.5 18.5 12 21l2.5-2.5M5.5 9.5 3 12l2.5 2.5M18.5 9.5 21 12l-2.5 2.5',
  screens: 'M3 5h11v8H3zM10 16h11V9h-4M6 16h2M14 19h3',
  tour: 'M4 9a8 8 0 0 1 14-2M20 15a8 8 0 0 1-14 2M18 3v4h-4M6 21v-4h4',
  mute: 'M5 9.5v5h3.5L13 18.5v-13L8.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  map: 'M4 6l5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14',
  save: 'M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6',
  forward10: 'M12 5a7.5 7.5 0 1 0 7 4.8M19 4.5v5h-5',
  live: 'M12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM7 7a7 7 0 0 0 0 10M17 7a7 7 0 0 1 0 10M4.3 4.3a11 11 0 0 0 0 15.4M19.7 4.3a11 11 0 0 1 0 15.4',
  expand: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  boxes: 'M4 8V4h4M20 8V4h-4M4 16v4h4M20 16v4h-4M9 9h6v6H9z',
  plus: 'M12 5v14M5 12h14',
  left: 'M14.5 5.5 8 12l6.5 6.5',
  right: 'M9.5 5.5 16 12l-6.5 6.5',
  panel: 'M4 5h16v14H4zM9.5 5v14',
  route:
    'M6 17.5a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6zM18 3a1.8 1.8 0 1 1 0 3.6A1.8 1.8 0 0 1 18 3zM7.8 19.3H15a3.5 3.5 0 0 0 0-7H9a3.5 3.5 0 0 1 0-7h7.2',
  video: 'M4 6h16v12H4zM10 9.5v5l4.5-2.5z',
  film: 'M4 5h16v14H4zM8 5v14M16 5v14M4 9.7h4M4 14.3h4M16 9.7h4M16 14.3h4',
  key: 'M8 9.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM11 11l8-7M16 6.5l2.5 2.5',
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5',
  edit: 'M4.5 19.5l1-4L16 5l3 3L8.5 18.5z',
  sortUp: 'M12 19V6M6.5 11.5 12 6l5.5 5.5',
  sortDown: 'M12 5v13M6.5 12.5 12 18l5.5-5.5',
  disk: 'M5 4h14v16H5zM5 14.5h14M8.5 17.2h.01M12 17.2h4',
  columns: 'M4 5h16v14H4zM9.3 5v14M14.7 5v14',
  sound: 'M5 9.5v5h3.5L13 18.5v-13L8.5 9.5zM16 9a4 4 0 0 1 0 6M18.5 6.5a7.5 7.5 0 0 1 0 11',
  up: 'M5.5 15 12 8.5l6.5 6.5',
  down: 'M5.5 9 12 15.5 18.5 9',
  minus: 'M5 12h14',
  refresh: 'M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4',
  shield: 'M12 3.5 19 6v6c0 4.5-3 7-7 8.5C8 19 5 16.5 5 12V6zM9 12l2.2 2.2L15.5 10',
  cases: 'M4 7.5h16v12H4zM9 7.5V5h6v2.5M4 12.5h16M12 11.5v2.5',
  download: 'M12 4v11M7.5 10.5 12 15l4.5-4.5M5 19.5h14',
  filter: 'M4 6h16M7 12h10M10 18h4',
  copies: 'M8 8h12v11H8zM4 15V5h12',
  signOut: 'M10 4.5H5v15h5M14 8l4 4-4 4M18 12H9.5',
} as const;

export type IconName = keyof typeof drawings;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 3 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={drawings[name]} />
    </svg>
  );
}

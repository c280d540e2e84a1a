import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** The shape of what comes; it appears only when loading takes longer than 300 ms (see the style sheet). */
export function SkeletonRows({ count, heightPx }: { count: number; heightPx: number }) {
  return (
    <div aria-hidden="true" style={{ display: 'grid', gap: 8, padding: 12 }}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="skeleton" style={{ height: heightPx }} />
      ))}
    </div>
  );
}

export function EmptyState(props: { icon: IconName; title: string; detail?: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={props.icon} size={32} />
      <div>{props.title}</div>
      {props.detail && <div className="detail">{props.detail}</div>}
      {props.children}
    </div>
  );
}

import { memo, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Sighting } from '#api/contract/sightings.ts';
import { rowWindow, scrollToRow } from '../../shared/row-window.ts';
import { useSize } from '../../shared/use-size.ts';
import { ResultRow } from './result-row.tsx';

const rowPx = 86;

interface ResultListProps {
  readonly sightings: readonly Sighting[];
  readonly highlighted: string | undefined;
  readonly opened: string | undefined;
  readonly compared: readonly string[];
  /** To be scrolled into sight: what was pointed at elsewhere, or reached with the keys. */
  readonly revealed: string | undefined;
  /** Above the rows, scrolled with them. */
  readonly children?: ReactNode;
  readonly foot?: ReactNode;
  onHover: (sightingId: string | undefined) => void;
  onOpen: (sightingId: string) => void;
  onPlate: (plate: string) => void;
  onCompare: (sightingId: string) => void;
  /** The last rows have come into sight. */
  onEnd: () => void;
}

/** The passes as rows; only those that are seen exist. */
export function ResultList(props: ResultListProps) {
  const { sightings, opened, revealed } = props;
  const holder = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const { height } = useSize(holder);
  const { height: headPx } = useSize(head);
  const [scrollTop, setScrollTop] = useState(0);
  const view = { scrollTopPx: scrollTop - headPx, heightPx: height, rowPx };
  const rows = rowWindow({ ...view, count: sightings.length });
  const isAtEnd = sightings.length > 0 && rows.end >= sightings.length;
  const { onEnd } = props;
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    if (isAtEnd) end.current();
  }, [isAtEnd, sightings.length]);
  const wanted = revealed ?? opened;
  const index = useRef(-1);
  index.current = wanted === undefined ? -1 : sightings.findIndex(({ sightingId }) => sightingId === wanted);
  useLayoutEffect(() => {
    const element = holder.current;
    if (!element || index.current < 0 || element.clientHeight === 0) return;
    const top = Math.max(0, element.scrollTop - headPx);
    const next = scrollToRow(index.current, { scrollTopPx: top, heightPx: element.clientHeight, rowPx });
    if (next !== top) element.scrollTop = next + headPx;
  }, [wanted, headPx, height === 0]);
  // The same for ever, so that a row is drawn anew only when it is another.
  const hands = useRef(props);
  hands.current = props;
  const [stable] = useState(() => ({
    onHover: (id: string) => hands.current.onHover(id),
    onOpen: (id: string) => hands.current.onOpen(id),
    onPlate: (plate: string) => hands.current.onPlate(plate),
    onCompare: (id: string) => hands.current.onCompare(id),
  }));
  return (
    <div
      ref={holder}
      className="results-scroll"
      data-testid="results"
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
    >
      <div ref={head}>{props.children}</div>
      <ul
        className="results"
        aria-rowcount={sightings.length}
        style={{ paddingTop: rows.abovePx, paddingBottom: rows.belowPx }}
        onPointerLeave={() => props.onHover(undefined)}
      >
        {sightings.slice(rows.first, rows.end).map((sighting) => (
          <Row
            key={sighting.sightingId}
            sighting={sighting}
            isHighlighted={sighting.sightingId === props.highlighted}
            isOpened={sighting.sightingId === opened}
            isCompared={props.compared.includes(sighting.sightingId)}
            {...stable}
          />
        ))}
      </ul>
      {props.foot}
    </div>
  );
}

const Row = memo(ResultRow);

import {
  memo,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { useSize } from '../../shared/use-size.ts';
import { CameraCell } from './camera-cell.tsx';
import type { RecordingDefaults, Sort, SortKey } from './camera-list.ts';
import { rowWindow, scrollToRow } from '../../shared/row-window.ts';
import { type Column, columnWidths, fittingColumns } from './table-settings.ts';

const rowPx = 62;
const headPx = 36;
/** Pictures are fetched once the list stands still, not for every row that flies past. */
const restMs = 160;
const numbers: readonly Column[] = ['bitrate', 'fps', 'size', 'retention'];

const isElastic = (column: Column): boolean => column === 'name' || column === 'state';

interface CameraTableProps {
  readonly cameras: readonly Camera[];
  readonly columns: readonly Column[];
  readonly sort: Sort;
  readonly opened: string | undefined;
  readonly defaults: RecordingDefaults | undefined;
  /** What stands in place of the rows when there are none. */
  readonly children?: ReactNode;
  onSort: (sort: Sort) => void;
  onOpen: (cameraId: string) => void;
}

function useScroll(holder: RefObject<HTMLElement | null>): { scrollTopPx: number; isResting: boolean } {
  const [scrollTopPx, setTop] = useState(0);
  const [isResting, setResting] = useState(true);
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onScroll = (): void => {
      setTop(element.scrollTop);
      setResting(false);
      clearTimeout(timer);
      timer = setTimeout(() => setResting(true), restMs);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      element.removeEventListener('scroll', onScroll);
      clearTimeout(timer);
    };
  }, [holder]);
  return { scrollTopPx, isResting };
}

/** Only the rows that are seen exist, so a city's list costs no more than a street's. */
export function CameraTable(props: CameraTableProps) {
  const { cameras, sort, opened, onOpen } = props;
  const { say } = useText();
  const holder = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(holder);
  const { scrollTopPx, isResting } = useScroll(holder);
  const { columns } = props;
  const shown = useMemo(() => fittingColumns(columns, width === 0 ? Infinity : width), [columns, width]);
  // What is left over goes to the name and, the larger part, to the state with its reason.
  const leftPx = width - shown.reduce((sum, column) => sum + (isElastic(column) ? 0 : columnWidths[column]), 0);
  const widthOf = (column: Column): number | string => {
    if (column === 'name' && shown.includes('state')) return Math.max(columnWidths.name, leftPx * 0.4);
    return isElastic(column) ? 'auto' : columnWidths[column];
  };
  // The same for ever, so that a row is drawn anew only when it is another.
  const onOpenNow = useRef(onOpen);
  onOpenNow.current = onOpen;
  const open = useCallback((cameraId: string) => onOpenNow.current(cameraId), []);
  const view = { scrollTopPx, heightPx: Math.max(0, height - headPx), rowPx };
  const rows = rowWindow({ ...view, count: cameras.length });

  // A link, or a step with the keys, must not open a camera out of sight; sorting anew must not drag the list along.
  const indexOfOpened = useRef(-1);
  indexOfOpened.current = opened === undefined ? -1 : cameras.findIndex(({ id }) => id === opened);
  useLayoutEffect(() => {
    const element = holder.current;
    if (!element || opened === undefined || indexOfOpened.current < 0 || height === 0) return;
    const heightPx = element.clientHeight - headPx;
    element.scrollTop = scrollToRow(indexOfOpened.current, { scrollTopPx: element.scrollTop, heightPx, rowPx });
  }, [opened, height]);

  return (
    <div ref={holder} className="cameras-rows" data-testid="camera-rows">
      <table className="table cameras-table" aria-rowcount={cameras.length + 1}>
        <colgroup>
          {shown.map((column) => (
            <col key={column} style={{ width: widthOf(column) }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1} style={{ height: headPx }}>
            {shown.map((column) => (
              <HeadCell key={column} column={column} sort={sort} onSort={props.onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.abovePx > 0 && <tr aria-hidden="true" className="rows-unseen" style={{ height: rows.abovePx }} />}
          {cameras.slice(rows.first, rows.end).map((camera, index) => (
            <CameraRow
              key={camera.id}
              camera={camera}
              index={rows.first + index}
              columns={shown}
              defaults={props.defaults}
              isOpened={camera.id === opened}
              isResting={isResting}
              onOpen={open}
            />
          ))}
          {rows.belowPx > 0 && <tr aria-hidden="true" className="rows-unseen" style={{ height: rows.belowPx }} />}
        </tbody>
      </table>
      {props.children}
      <span className="hidden-visually" role="status">
        {say('cameras.shown', { count: cameras.length })}
      </span>
    </div>
  );
}

interface CameraRowProps {
  readonly camera: Camera;
  readonly index: number;
  readonly columns: readonly Column[];
  readonly defaults: RecordingDefaults | undefined;
  readonly isOpened: boolean;
  readonly isResting: boolean;
  onOpen: (cameraId: string) => void;
}

const CameraRow = memo(function CameraRow(props: CameraRowProps) {
  const { camera, index, columns, onOpen } = props;
  return (
    <tr
      aria-rowindex={index + 2}
      aria-selected={props.isOpened}
      style={{ height: rowPx }}
      data-testid="camera-row"
      data-camera={camera.id}
      data-status={camera.state.status}
      onClick={() => onOpen(camera.id)}
    >
      {columns.map((column) => (
        <td key={column} className={numbers.includes(column) ? 'number' : ''}>
          <CameraCell
            column={column}
            camera={camera}
            defaults={props.defaults}
            isResting={props.isResting}
            isAreaShown={columns.includes('area')}
            onOpen={onOpen}
          />
        </td>
      ))}
    </tr>
  );
});

function HeadCell({ column, sort, onSort }: { column: Column; sort: Sort; onSort: (sort: Sort) => void }) {
  const { say } = useText();
  const className = numbers.includes(column) ? 'number' : '';
  if (column === 'picture') return <th scope="col">{say('column.picture')}</th>;
  const key: SortKey = column;
  const isSorted = sort.key === key;
  return (
    <th
      scope="col"
      className={className}
      aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        className="sort-button"
        onClick={() => onSort({ key, isDescending: isSorted ? !sort.isDescending : numbers.includes(column) })}
      >
        {say(`column.${column}`)}
        {isSorted && <Icon name={sort.isDescending ? 'sortDown' : 'sortUp'} size={14} />}
      </button>
    </th>
  );
}

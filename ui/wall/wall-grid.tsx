import { type CSSProperties, useState } from 'react';
import type { WallAlert } from './alert-board.ts';
import { draggedCamera } from './dragged-camera.ts';
import { forwardStyle } from './forward.ts';
import { gridOf } from './grid.ts';
import { Tile, type TileProps } from './tile.tsx';
import type { Wall } from './wall-layout.ts';

interface WallGridProps {
  readonly wall: Wall;
  /** One column, as on a phone. */
  readonly isSmall: boolean;
  readonly selected: number;
  readonly full: number | undefined;
  readonly ptz: number | undefined;
  readonly alertAt: ReadonlyMap<number, WallAlert>;
  onSelect: (index: number) => void;
  onFull: (index: number) => void;
  onDrop: (index: number, cameraId: string) => void;
  tileOf: (
    index: number,
  ) => Pick<TileProps, 'cameraId' | 'camera' | 'isLoaded' | 'hasBoxes' | 'mode' | 'zoom' | 'actions' | 'onPicture'>;
}

/** The tiles in their places: one of them large, or some standing out for an alert. */
export function WallGrid(props: WallGridProps) {
  const { wall, isSmall, selected, full, ptz, alertAt } = props;
  const [over, setOver] = useState<number>();
  const grid = gridOf(wall.layout);
  if (!grid) return null;
  const columns = isSmall ? 1 : grid.columns;
  const rows = isSmall ? wall.tiles.length : grid.rows;
  return (
    <div className="wall-area">
      <div
        className={`wall-grid${full === undefined ? '' : ' has-full'}`}
        style={{ '--columns': columns, '--rows': rows } as CSSProperties}
        data-testid="wall-grid"
        data-layout={wall.layout}
      >
        {grid.places.map((place, index) => {
          const alert = alertAt.get(index);
          const isOut = alert !== undefined && full === undefined && !isSmall;
          const span: CSSProperties = isSmall
            ? {}
            : {
                gridColumn: `${place.column + 1} / span ${place.columns}`,
                gridRow: `${place.row + 1} / span ${place.rows}`,
              };
          return (
            <div
              key={index}
              className={[
                'cell',
                place.columns === 1 && columns >= 5 ? 'tiny' : '',
                index === selected ? 'selected' : '',
                index === full ? 'full' : '',
                index === over ? 'over' : '',
                alert ? 'alerting' : '',
              ].join(' ')}
              data-alert={alert?.key}
              style={{ ...span, ...(isOut ? forwardStyle(grid, index, [...alertAt.keys()]) : {}) }}
              onPointerDown={() => props.onSelect(index)}
              onDoubleClick={() => props.onFull(index)}
              onDragOver={(event) => {
                if (!draggedCamera.isIn(event.dataTransfer)) return;
                event.preventDefault();
                setOver(index);
              }}
              onDragLeave={() => setOver(undefined)}
              onDrop={(event) => {
                event.preventDefault();
                setOver(undefined);
                const dropped = draggedCamera.read(event.dataTransfer);
                if (dropped) props.onDrop(index, dropped);
              }}
            >
              <Tile
                number={index + 1}
                isSelected={index === selected}
                hasPtz={index === ptz}
                isFull={index === full}
                alert={alert}
                {...props.tileOf(index)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

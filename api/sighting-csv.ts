import type { Sighting } from './contract/sightings.ts';
import { BYTE_ORDER_MARK, type Cell, csvLine } from './csv.ts';
import { apiErrors } from './errors.ts';

export type Language = 'zh' | 'en';
type Names = Readonly<Record<string, readonly [zh: string, en: string]>>;

const VEHICLE_TYPES: Names = {
  car: ['轿车', 'car'],
  bus: ['客车', 'bus'],
  truck: ['货车', 'truck'],
  van: ['面包车', 'van'],
  motorcycle: ['摩托车', 'motorcycle'],
};
const COLOURS: Names = {
  white: ['白', 'white'],
  silver: ['银', 'silver'],
  grey: ['灰', 'grey'],
  black: ['黑', 'black'],
  red: ['红', 'red'],
  orange: ['橙', 'orange'],
  yellow: ['黄', 'yellow'],
  green: ['绿', 'green'],
  blue: ['蓝', 'blue'],
  brown: ['棕', 'brown'],
  unknown: ['不明', 'unknown'],
};
const DIRECTIONS: Names = {
  approaching: ['驶来', 'approaching'],
  receding: ['驶离', 'receding'],
  leftward: ['向左', 'leftward'],
  rightward: ['向右', 'rightward'],
  standing: ['停止', 'standing'],
};
const COLUMNS: readonly (readonly [zh: string, en: string])[] = [
  ['摄像机', 'Camera'],
  ['摄像机编号', 'Camera id'],
  ['号牌', 'Plate'],
  ['号牌置信度', 'Plate confidence'],
  ['与所查号牌相符的可能性', 'Likelihood of the plate asked for'],
  ['号牌颜色', 'Plate colour'],
  ['车型', 'Vehicle type'],
  ['车身颜色', 'Vehicle colour'],
  ['方向', 'Direction'],
  ['速度 (km/h)', 'Speed (km/h)'],
  ['经度', 'Longitude'],
  ['纬度', 'Latitude'],
  ['图片', 'Picture'],
  ['记录编号', 'Sighting id'],
];

/** How a file says things: its language, and the zone of its times. */
export interface CsvStyle {
  readonly language: Language;
  readonly say: (text: readonly [zh: string, en: string]) => string;
  /** `2026-11-23 20:00:00` in `timeZone`. */
  readonly time: (isoTime: string) => string;
  readonly timeZone: string;
}

/**
 * @param timeZone IANA name
 * @throws {AppError} `REQUEST_INVALID` for a zone that there is not
 */
export function csvStyle(language: Language, timeZone: string): CsvStyle {
  const format = timeFormat(timeZone);
  return {
    language,
    say: ([zh, en]) => (language === 'zh' ? zh : en),
    time: (isoTime) => format.format(Date.parse(isoTime)),
    timeZone,
  };
}

export function sightingColumns({ say, timeZone }: CsvStyle): readonly string[] {
  return [say([`时间 (${timeZone})`, `Time (${timeZone})`]), ...COLUMNS.map(say)];
}

export function sightingCells(sighting: Sighting, { say, time }: CsvStyle): readonly Cell[] {
  const { plate } = sighting;
  const name = (names: Names, code: string | undefined): Cell =>
    code === undefined ? undefined : say(names[code] ?? [code, code]);
  return [
    time(sighting.time),
    sighting.cameraName,
    sighting.cameraId,
    plate?.text,
    plate && rounded(plate.confidence),
    sighting.likelihood === undefined ? undefined : rounded(sighting.likelihood),
    name(COLOURS, plate?.colour),
    name(VEHICLE_TYPES, sighting.vehicleType),
    name(COLOURS, sighting.vehicleColour?.name),
    name(DIRECTIONS, sighting.direction),
    sighting.speedKmh === undefined ? undefined : Math.round(sighting.speedKmh),
    sighting.longitude,
    sighting.latitude,
    sighting.pictureUrl,
    sighting.sightingId,
  ];
}

/** The first lines: what the file is for, who took it out, when, and what was asked. */
export function csvHead(
  { say, time, timeZone }: CsvStyle,
  head: {
    readonly purpose: string;
    readonly caseNumber: string | undefined;
    readonly username: string;
    readonly nowMs: number;
    readonly query: readonly (readonly [name: string, value: string])[];
  },
): string {
  const lines: readonly (readonly Cell[])[] = [
    [say(['用途', 'Purpose']), head.purpose],
    ...(head.caseNumber === undefined ? [] : [[say(['案件', 'Case']), head.caseNumber]]),
    [say(['导出人', 'Exported by']), head.username],
    [say([`导出时间 (${timeZone})`, `Exported (${timeZone})`]), time(new Date(head.nowMs).toISOString())],
    ...head.query,
    [],
  ];
  return `${BYTE_ORDER_MARK}${lines.map(csvLine).join('')}`;
}

/** The last line, by which a file that was cut off on its way is known. */
export function csvEnd({ say }: CsvStyle, rows: number, isCut = false): string {
  const cut = say(['已达上限，还有更多', 'limit reached, there are more']);
  return csvLine([say(['共计行数', 'Rows in all']), rows, ...(isCut ? [cut] : [])]);
}

/** `NAME-20261123.csv` */
export function csvFileName(name: string, nowMs: number, { time }: CsvStyle): string {
  return `${name}-${time(new Date(nowMs).toISOString()).slice(0, 10).replaceAll('-', '')}.csv`;
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}

function timeFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    // Swedish writes times as 2026-11-23 20:00:00, which every spreadsheet reads.
    return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  } catch (error) {
    throw apiErrors.REQUEST_INVALID({ field: 'timeZone' }, error);
  }
}

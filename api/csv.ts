/** Makes a spreadsheet program read the file as UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** What a spreadsheet takes for the beginning of a formula, also in full width and behind blanks. */
const FORMULA = /^\s*[=+\-@＝＋－＠|]|^[\t\r\n]/;
/** A semicolon parts cells in some countries. */
const NEEDS_QUOTES = /[",;'\t\r\n]|^\s|\s$/;

export type Cell = string | number | undefined;

/**
 * One line, with its end. Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers are left as they are.
 * @see RFC 4180 §2
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `Content-Disposition` of a file to be saved; the name may hold any characters. @see RFC 6266 §4.3 */
export function attachment(name: string): string {
  const plain = `vantage-${name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+/, '')}`;
  // `'`, `(`, `)` and `*` are left alone by encodeURIComponent but are no attr-char of RFC 8187.
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
